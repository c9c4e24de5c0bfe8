/** Alerts on a real database: each rule, from the records that it looks at to the incident and its end. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { EventRecord } from '../../lib/record/event.ts';
import { checkAlerts } from '../../server/alerts/check-alerts.ts';
import type { Rule } from '../../server/alerts/rule.ts';
import { crashFreeRate } from '../../server/alerts/rules/crash-free-rate.ts';
import { databaseExpiry } from '../../server/alerts/rules/database-expiry.ts';
import { databaseSize } from '../../server/alerts/rules/database-size.ts';
import { errorRate } from '../../server/alerts/rules/error-rate.ts';
import { newCrashGroup } from '../../server/alerts/rules/new-crash-group.ts';
import { silence } from '../../server/alerts/rules/silence.ts';
import { aggregate } from '../../server/jobs/aggregate.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    config: {
      alertMinCount: 10,
      alertErrorRate: 0.1,
      alertWindowMinutes: 60,
      alertCrashFreeDrop: 0.01,
      alertWebhookUrl: 'http://127.0.0.1:1/',
      databaseSizeLimitMb: null,
    },
  });
});
beforeEach(async () => {
  const { rows } = await server.pool.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables
     where schemaname = current_schema() and tablename not in ('roost_schema_version', 'user_hash_salt')`,
  );
  await server.pool.query(`truncate ${rows.map(({ name }) => name).join(', ')}`);
  Object.assign(server.app.config, { databaseSizeLimitMb: null, alertSilenceMinutes: null });
});
afterAll(() => server.close());

const MINUTE_MS = 60_000;
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * MINUTE_MS).toISOString();
const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * MINUTE_MS);
const check = (rule: Rule, now?: Date): Promise<void> => checkAlerts(server.app, [rule], now);

interface ShownAlert {
  rule: string;
  subject: string;
  title: string;
  detail: string;
  recovery: string | null;
  resolved_at: string | null;
  messages: { channel: string; reason: string }[];
}

async function alerts(): Promise<ShownAlert[]> {
  const response = await fetch(`${server.url}/system/alerts`, { headers: server.adminHeaders });
  expect(response.status).toBe(200);
  return ((await response.json()) as { alerts: ShownAlert[] }).alerts;
}

async function send(...events: Partial<EventRecord>[]): Promise<void> {
  for (let at = 0; at < events.length; at += 500) {
    const body = { events: events.slice(at, at + 500).map((event) => makeEvent(event)) };
    expect(await server.post('/track', body)).toMatchObject({ status: 200, body: { rejected: [] } });
  }
}

function transcriptions(
  completed: number,
  failed: number,
  more: Partial<EventRecord> = {},
): Partial<EventRecord>[] {
  const common = { timestamp: minutesAgo(5), ...more };
  return [
    ...Array.from({ length: completed }, () => ({
      ...common,
      event: 'transcription_completed',
      properties: { audio_duration_seconds: 60, processing_time_seconds: 2 },
    })),
    ...Array.from({ length: failed }, () => ({
      ...common,
      event: 'transcription_failed',
      properties: { error_type: 'network' },
    })),
  ];
}

describe('the error rate', () => {
  test('over the limit opens one incident, told once; well below it is mended', async () => {
    await send(...transcriptions(17, 3));
    await check(errorRate);
    await check(errorRate);
    expect(await alerts()).toMatchObject([
      {
        rule: 'error_rate',
        title: '15% of transcriptions fail',
        detail: '3 of 20 transcriptions of the last 60 minutes failed (15%); the limit is 10%.',
        resolved_at: null,
        messages: [{ channel: 'webhook', reason: expect.stringMatching(/:opened$/) as string }],
      },
    ]);
    await send(...transcriptions(30, 0));
    await check(errorRate);
    await check(errorRate);
    const [alert, ...others] = await alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      recovery: '3 of 50 transcriptions of the last 60 minutes failed (6%).',
      resolved_at: expect.any(String) as string,
    });
    expect(alert!.messages.map(({ reason }) => reason.split(':')[2])).toEqual(['opened', 'resolved']);
  });

  test('that comes back is another incident', async () => {
    await send(...transcriptions(17, 3));
    await check(errorRate);
    await send(...transcriptions(100, 0));
    await check(errorRate);
    await send(...transcriptions(0, 50));
    await check(errorRate);
    expect((await alerts()).map(({ resolved_at }) => resolved_at === null)).toEqual([true, false]);
  });

  test('at the limit, of too few, of another hour or of development is none', async () => {
    await send(...transcriptions(9, 1));
    await send(...transcriptions(0, 100, { timestamp: minutesAgo(61) }));
    await send(...transcriptions(0, 100, { environment: 'development' }));
    await check(errorRate);
    expect(await alerts()).toEqual([]);
    await server.pool.query('truncate events');
    await send(...transcriptions(0, 9));
    await check(errorRate);
    expect(await alerts()).toEqual([]);
  });

  test('stays open while there is too little to judge by, or it wavers around the limit', async () => {
    await send(...transcriptions(17, 3));
    await check(errorRate);
    await check(errorRate, inMinutes(120));
    await send(...transcriptions(13, 0));
    await check(errorRate);
    expect(await alerts()).toMatchObject([{ resolved_at: null }]);
  });
});

describe('the crash-free rate of a new version', () => {
  async function version(app_version: string, users: number, crashed: number): Promise<void> {
    const ids = Array.from({ length: users }, () => randomUUID());
    const timestamp = minutesAgo(5);
    await send(...ids.map((user_id) => ({ user_id, app_version, timestamp })));
    if (crashed > 0) {
      const crashes = ids.slice(0, crashed).map((user_id) => makeCrash({ user_id, app_version, timestamp }));
      expect(await server.post('/crash', { crashes })).toMatchObject({ status: 200 });
    }
    await aggregate(server.pool, { retentionDays: 36_500 });
  }

  test('below the one before is told with both; when it rises it is mended', async () => {
    await version('1.9.0', 20, 1);
    await version('1.10.0', 20, 4);
    await version('1.11.0', 9, 9); // too few to judge
    await check(crashFreeRate);
    await check(crashFreeRate);
    expect(await alerts()).toMatchObject([
      {
        subject: '1.10.0',
        title: 'Version 1.10.0 crashes more than 1.9.0',
        detail: 'In the last 7 days 80% of 20 users of 1.10.0 had no crash, beside 95% of 20 users of 1.9.0.',
        resolved_at: null,
      },
    ]);
    await version('1.10.0', 80, 0);
    await check(crashFreeRate);
    expect(await alerts()).toMatchObject([
      { subject: '1.10.0', recovery: expect.stringContaining('96%') as string },
    ]);
  });

  test('that is as good, or the first one, is no incident', async () => {
    await version('1.9.0', 20, 1);
    await check(crashFreeRate);
    await version('1.10.0', 20, 1);
    await check(crashFreeRate);
    expect(await alerts()).toEqual([]);
  });
});

describe('a new crash group', () => {
  const stack = (name: string) => ({ stack_trace: `Error: x\n    at ${name} (app://dist/main.js:1:2)` });

  test('is told once, also after it came again, was erased or retained away', async () => {
    await server.post('/crash', makeCrash({ ...stack('saveRecording'), error_message: 'Cannot save' }));
    await check(newCrashGroup);
    await server.pool.query('truncate crashes');
    await server.post('/crash', makeCrash({ ...stack('saveRecording'), error_message: 'Cannot save' }));
    await check(newCrashGroup);
    expect(await alerts()).toMatchObject([
      {
        title: 'New crash: Cannot save',
        detail: 'First seen in version 1.2.0, as main crash.',
        recovery: null,
        resolved_at: expect.any(String) as string,
        messages: [{ channel: 'webhook' }],
      },
    ]);
  });

  test('handled errors and development are none; many at once are one message', async () => {
    await server.post('/crash', makeCrash({ ...stack('a'), crash_type: 'handled_error' }));
    await server.post('/crash', makeCrash({ ...stack('b'), environment: 'development' }));
    await check(newCrashGroup);
    expect(await alerts()).toEqual([]);
    const crashes = [...'abcdefgh'].map((name) => makeCrash(stack(name.repeat(8))));
    await server.post('/crash', { crashes });
    await check(newCrashGroup);
    expect(await alerts()).toMatchObject([{ title: '8 new crash groups' }]);
  });
});

describe('silence', () => {
  test('longer than a set limit is told, and mended by the next record', async () => {
    Object.assign(server.app.config, { alertSilenceMinutes: 30 });
    await check(silence, inMinutes(1_000)); // nothing ever arrived
    await send({});
    await check(silence, inMinutes(29));
    expect(await alerts()).toEqual([]);
    await check(silence, inMinutes(45));
    await check(silence, inMinutes(50));
    expect(await alerts()).toMatchObject([
      { title: expect.stringMatching(/^No records for 4[45] minutes$/) as string, resolved_at: null },
    ]);
    await send({});
    await check(silence);
    expect(await alerts()).toMatchObject([
      { recovery: expect.stringMatching(/^Records arrive again/) as string },
    ]);
  });

  test('is learned: nights are usual, silences that were told are not', async () => {
    // An arrival every 10 hours for 8 days: 15 hours are allowed.
    await server.pool.query(
      `insert into arrivals (minute)
       select date_trunc('minute', now()) - interval '10 hours' * step from generate_series(0, 20) step`,
    );
    await check(silence, inMinutes(14 * 60));
    expect(await alerts()).toEqual([]);
    await check(silence, inMinutes(16 * 60));
    expect(await alerts()).toMatchObject([
      { title: 'No records for 16 hours', detail: expect.stringContaining('was 10 hours') as string },
    ]);
    await server.pool.query(
      `insert into arrivals (minute) values (date_trunc('minute', now()) + interval '20 hours')`,
    );
    await check(silence, inMinutes(20 * 60 + 1));
    await check(silence, inMinutes(37 * 60));
    expect((await alerts()).map(({ title }) => title)).toEqual([
      'No records for 17 hours',
      'No records for 16 hours',
    ]);
  });

  test('is not judged before three days are known', async () => {
    await send({});
    await check(silence);
    await check(silence, inMinutes(2 * 24 * 60));
    expect(await alerts()).toEqual([]);
  });
});

test('a database near its limit is told, and mended when there is room', async () => {
  Object.assign(server.app.config, { databaseSizeLimitMb: 1 });
  await check(databaseSize);
  await check(databaseSize);
  Object.assign(server.app.config, { databaseSizeLimitMb: 1_000_000 });
  await check(databaseSize);
  expect(await alerts()).toMatchObject([
    { rule: 'database_size', recovery: 'The database takes 0% of its 1000000 MiB.' },
  ]);
});

test('a database that ends soon is told once, and mended when there is another', async () => {
  const now = new Date('2026-07-20T12:00:00Z');
  Object.assign(server.app.config, { databaseExpiresOn: '2026-07-31' });
  await check(databaseExpiry, now);
  expect(await alerts()).toEqual([]);
  await check(databaseExpiry, new Date('2026-07-28T12:00:00Z'));
  await check(databaseExpiry, new Date('2026-07-29T12:00:00Z'));
  expect((await alerts()).map(({ title }) => title)).toEqual(['The database ends in 3 days']);
  Object.assign(server.app.config, { databaseExpiresOn: null });
  await check(databaseExpiry, now);
  expect(await alerts()).toMatchObject([{ recovery: expect.stringContaining('far away') as string }]);
});

test('several servers that look at the same moment tell once', async () => {
  await send(...transcriptions(0, 20));
  await Promise.all(Array.from({ length: 5 }, () => check(errorRate)));
  const [alert, ...others] = await alerts();
  expect(others).toEqual([]);
  expect(alert!.messages).toHaveLength(1);
});

test('a rule that fails holds up no other', async () => {
  await send(...transcriptions(0, 20));
  const broken: Rule = {
    name: 'broken',
    look: ({ client }) => client.query('select nothing from nowhere') as never,
  };
  await checkAlerts(server.app, [broken, errorRate]);
  expect(await alerts()).toMatchObject([{ rule: 'error_rate' }]);
});
