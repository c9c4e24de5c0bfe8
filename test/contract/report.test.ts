/** The weekly report: its figures, its mail, its preview, and when it is sent. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { enqueueDueReport, lastDue, lastWholeWeek } from '../../server/jobs/report.ts';
import { deliverDue } from '../../server/messages/deliver.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

let server: TestServer;
let mails: MailServer;

beforeAll(async () => {
  mails = await startMailServer();
  server = await startTestServer({
    config: {
      smtpUrl: mails.url,
      reportTo: ['team@example.com'],
      publicUrl: 'https://telemetry.example.com',
    },
  });
  await fillWeek('2026-06-01', { users: 20, recordings: 40, failures: 0 });
  await fillWeek('2026-06-08', { users: 21, recordings: 90, failures: 10 });
  await server.post(
    '/crash',
    makeCrash({
      timestamp: '2026-06-10T10:00:00.000Z',
      error_message: 'Cannot open <file> & "more"',
      environment: 'production',
    }),
  );
});
afterAll(async () => {
  await server?.close();
  await mails?.close();
});

async function fillWeek(
  monday: string,
  { users, recordings, failures }: { users: number; recordings: number; failures: number },
): Promise<void> {
  const ids = Array.from({ length: users }, () => randomUUID());
  const timestamp = `${monday}T12:00:00.000Z`;
  const events = [
    ...ids.map((user_id) => makeEvent({ user_id, timestamp })),
    ...Array.from({ length: recordings }, (_, at) =>
      makeEvent({
        user_id: ids[at % users]!,
        timestamp,
        event: 'recording_completed',
        properties: { audio_duration_seconds: 60, source: 'widget', success: true },
      }),
    ),
    ...Array.from({ length: recordings }, (_, at) =>
      makeEvent({
        user_id: ids[at % users]!,
        timestamp,
        event: at < failures ? 'transcription_failed' : 'transcription_completed',
        properties: at < failures ? {} : { audio_duration_seconds: 60, processing_time_seconds: 2 },
      }),
    ),
  ];
  expect(await server.post('/track', { events })).toMatchObject({ status: 200, body: { rejected: [] } });
}

function get(path: string): Promise<Response> {
  return fetch(`${server.url}/dashboard/report${path}`, { headers: server.adminHeaders });
}

describe('the preview', () => {
  test('as text has the week beside the one before, what changed most, and the crashes', async () => {
    const response = await get('?week=2026-06-10&format=text');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^Week of 8 June 2026\n8 June 2026 to 14 June 2026, UTC days, production/);
    expect(text).toMatch(/^Active users +21 \(before: 20, \+5%\)$/m);
    expect(text).toMatch(/^Recordings +90 \(before: 40, \+125%\)$/m);
    expect(text).toMatch(/^Success rate +88\.9% \(before: 100%, −11\.1 points\)$/m);
    const changes = text.split('WHAT CHANGED MOST\n')[1]!.split('\n\n')[0]!.split('\n');
    expect(changes).toHaveLength(3);
    expect(changes[0]).toBe('- Success rate fell from 100% to 88.9%.');
    expect(text).toContain(
      '- Cannot open <file> & "more"\n  1 crash, 1 user, in 1.2.0\n  https://telemetry.example.com/dashboard?page=crashes&item=',
    );
  });

  test('as HTML is a page that runs and loads nothing', async () => {
    const response = await get('?week=2026-06-10');
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    );
    const page = await response.text();
    expect(page).toContain('Cannot open &lt;file&gt; &amp; &quot;more&quot;');
    expect(page).toContain('Week of 8 June 2026');
    expect(page).not.toMatch(/<script|<img|<link|@import|url\(/);
  });

  test('without a week is the last whole one; of an empty one says so', async () => {
    expect((await get('')).status).toBe(200);
    const text = await (await get('?week=2020-01-01&format=text')).text();
    expect(text).toContain('Nothing changed much.');
    expect(text).toMatch(/^Success rate +no data \(before: no data\)$/m);
  });

  test.each(['?week=2026-06-31', '?format=pdf', '?weeks=1'])('refuses %s', async (query) => {
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_query' } });
  });

  test('is for the administrator', async () => {
    expect((await fetch(`${server.url}/dashboard/report`)).status).toBe(401);
  });
});

describe('sending', () => {
  // The 15th is a Monday.
  const DUE = new Date('2026-06-15T08:00:00Z');

  test('happens once a week, however many servers look, with both forms', async () => {
    const results = await Promise.all(Array.from({ length: 3 }, () => enqueueDueReport(server.app, DUE)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await enqueueDueReport(server.app, new Date('2026-06-15T20:00:00Z'))).toBe(false);
    await deliverDue(server.app);
    expect(mails.mails).toHaveLength(1);
    const { to, mail } = mails.mails[0]!;
    expect(to).toEqual(['team@example.com']);
    expect(mail.subject).toBe('[Roost] Week of 8 June 2026');
    expect(mail.text).toContain('Success rate fell from 100% to 88.9%.');
    expect(mail.html).toContain('Success rate fell from 100% to 88.9%.');
    expect(await enqueueDueReport(server.app, new Date('2026-06-22T08:00:00Z'))).toBe(true);
  });

  test('is made up for within a day, not later', async () => {
    expect(await enqueueDueReport(server.app, new Date('2026-07-07T08:00:01Z'))).toBe(false);
    expect(await enqueueDueReport(server.app, new Date('2026-07-07T07:59:00Z'))).toBe(true);
  });

  test.each([
    ['2026-06-15T07:59:59Z', '2026-06-08T08:00:00.000Z', '2026-06-01'],
    ['2026-06-15T08:00:00Z', '2026-06-15T08:00:00.000Z', '2026-06-08'],
    ['2026-06-21T23:59:59Z', '2026-06-15T08:00:00.000Z', '2026-06-08'],
  ])('at %s the last one was due at %s, of the week of %s', (now, due, week) => {
    const found = lastDue({ reportWeekday: 1, reportTime: { hour: 8, minute: 0 } }, new Date(now));
    expect(found.toISOString()).toBe(due);
    expect(lastWholeWeek(found)).toBe(week);
  });

  test('on a Sunday it is of the week that ended seven days before', () => {
    const found = lastDue(
      { reportWeekday: 0, reportTime: { hour: 23, minute: 30 } },
      new Date('2026-06-15T08:00:00Z'),
    );
    expect(found.toISOString()).toBe('2026-06-14T23:30:00.000Z');
    expect(lastWholeWeek(found)).toBe('2026-06-01');
  });
});
