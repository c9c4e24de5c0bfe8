/** What the server answers to records that it is sent (the contract's section on ingestion). */
import { randomUUID } from 'node:crypto';

import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const NOW = Date.parse('2026-06-15T12:00:00.000Z');
const minutes = (count: number): string => new Date(NOW + count * 60_000).toISOString();
const recently = minutes(-10);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ now: () => NOW, config: { retentionDays: 365 } });
});
afterAll(() => server.close());

const event = (changes: Parameters<typeof makeEvent>[0] = {}) =>
  makeEvent({ timestamp: recently, ...changes });
const crash = (changes: Parameters<typeof makeCrash>[0] = {}) =>
  makeCrash({ timestamp: recently, ...changes });
const track = async (body: unknown) => (await server.post('/track', body)).body;
const report = async (body: unknown) => (await server.post('/crash', body)).body;
const verdict = (changes: object) => ({ accepted: 0, duplicates: 0, stripped: 0, rejected: [], ...changes });
const rejection = (code: string, index = 0) => expect.objectContaining({ index, code });

async function stored(table: 'events' | 'crashes', eventId: string): Promise<Record<string, unknown>> {
  const { rows } = await server.pool.query(`select * from ${table} where event_id = $1`, [eventId]);
  expect(rows).toHaveLength(1);
  return rows[0] as Record<string, unknown>;
}

describe('verdicts', () => {
  test('a bad record never costs the good ones', async () => {
    const good = event();
    const bad = { ...event(), event: 'recording_completed', properties: {} };
    const answer = await server.post('/track', { sent_at: minutes(0), events: [bad, good, null, 7, []] });
    expect(answer).toEqual({
      status: 200,
      body: verdict({
        accepted: 1,
        rejected: [
          {
            index: 0,
            event_id: bad.event_id,
            code: 'invalid_event',
            message: 'properties.audio_duration_seconds: expected number',
          },
          ...[2, 3, 4].map((index) => ({
            index,
            event_id: null,
            code: 'invalid_event',
            message: expect.stringContaining('expected object') as string,
          })),
        ],
      }),
    });
    expect(await stored('events', good.event_id)).toMatchObject({
      user_id: good.user_id,
      session_id: good.session_id,
      event: good.event,
      properties: good.properties,
      environment: 'production',
    });
  });

  test('a single record may stand alone, and gets 200 when it is bad', async () => {
    expect(await track(event())).toEqual(verdict({ accepted: 1 }));
    expect(await report(crash())).toEqual(verdict({ accepted: 1 }));
    expect(await server.post('/track', { ...event(), country: 'Germany' })).toMatchObject({
      status: 200,
      body: {
        rejected: [{ index: 0, code: 'invalid_event', message: 'country: expected two capital letters' }],
      },
    });
    expect(await report({ crash_type: 'main_crash' })).toMatchObject({
      rejected: [{ code: 'invalid_crash' }],
    });
  });

  test.each([
    ['an unknown event', { event: 'never_heard_of' }, 'unknown_event'],
    ['a name that no event has', { event: 'Not A Name' }, 'invalid_event'],
    ['an id that is no UUID', { event_id: 'x' }, 'invalid_event'],
    ['a time without a zone', { timestamp: '2026-06-15T12:00:00' }, 'invalid_event'],
    ['a day that does not exist', { timestamp: '2026-02-31T12:00:00Z' }, 'invalid_event'],
    ['a version of 21 characters', { app_version: '1'.repeat(21) }, 'invalid_event'],
    ['a property of the wrong type', { properties: { startup_time_seconds: 'fast' } }, 'invalid_event'],
    ['a negative duration', { properties: { startup_time_seconds: -1 } }, 'invalid_event'],
    [
      'an unknown event that is no event',
      { event: 'never_heard_of', properties: { a: {} } },
      'invalid_event',
    ],
    ['a record older than the retention', { timestamp: minutes(-366 * 1440) }, 'too_old'],
  ])('%s is rejected', async (_what, changes, code) => {
    const record = { ...event(), ...changes };
    expect(await track({ events: [record] })).toEqual(verdict({ rejected: [rejection(code)] }));
  });

  test('unknown properties are stripped and counted, whatever they hold', async () => {
    const record = {
      ...event(),
      properties: { startup_time_seconds: 1, extra: { deep: true }, more: 'x'.repeat(300) },
    };
    expect(await track({ events: [record] })).toEqual(verdict({ accepted: 1, stripped: 2 }));
    expect((await stored('events', record.event_id)).properties).toEqual({ startup_time_seconds: 1 });
  });

  test('lengths are counted in code points', async () => {
    const record = event({ app_version: '😀'.repeat(20), platform: '😀'.repeat(50) });
    expect(await track({ events: [record] })).toEqual(verdict({ accepted: 1 }));
  });

  test('ids are the same in upper and lower case', async () => {
    const record = event();
    expect(await track(record)).toMatchObject({ accepted: 1 });
    const shouted = {
      ...record,
      event_id: record.event_id.toUpperCase(),
      user_id: record.user_id.toUpperCase(),
    };
    expect(await track(shouted)).toMatchObject({ duplicates: 1 });
  });

  test('a crash is never rejected for length', async () => {
    const long = crash({
      error_message: 'm'.repeat(5_000),
      stack_trace: `Error\n${'    at run (app://main.js:1:1)\n'.repeat(5_000)}`,
      context: { note: 'c'.repeat(100_000) },
      app_version: 'v'.repeat(100),
      os_version: 'o'.repeat(100),
    });
    expect(await report({ crashes: [long] })).toEqual(verdict({ accepted: 1 }));
    const row = await stored('crashes', long.event_id);
    expect([...(row.error_message as string)].length).toBeLessThanOrEqual(2_000);
    expect([...(row.stack_trace as string)].length).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(JSON.stringify(row.context))).toBeLessThanOrEqual(32 * 1024);
  });
});

describe('exactly once', () => {
  test('resending is always safe, in any grouping', async () => {
    const records = Array.from({ length: 20 }, () => event());
    expect(await track({ events: records })).toMatchObject({ accepted: 20 });
    expect(await track({ events: records.toReversed() })).toEqual(verdict({ duplicates: 20 }));
    for (const record of records.slice(0, 3)) expect(await track(record)).toEqual(verdict({ duplicates: 1 }));
    expect(await track({ events: [...records.slice(5), event()] })).toMatchObject({
      accepted: 1,
      duplicates: 15,
    });
  });

  test('of two records with one id the first stands, whatever the second carries', async () => {
    const first = event({ app_version: '1.0.0' });
    const second = { ...first, app_version: '2.0.0', event: 'retry_attempted', properties: {} };
    expect(await track({ events: [first, second] })).toEqual(verdict({ accepted: 1, duplicates: 1 }));
    expect(await track(second)).toEqual(verdict({ duplicates: 1 }));
    expect((await stored('events', first.event_id)).app_version).toBe('1.0.0');
  });

  test('another user may have the same event_id', async () => {
    const eventId = uuidV7();
    expect(
      await track({ events: [event({ event_id: eventId }), event({ event_id: eventId })] }),
    ).toMatchObject({
      accepted: 2,
    });
  });

  test('events and crashes of a user share one id space', async () => {
    const userId = randomUUID();
    const [oneEvent, oneCrash] = [event({ user_id: userId }), crash({ user_id: userId })];
    expect(await track(oneEvent)).toMatchObject({ accepted: 1 });
    expect(await report({ ...oneCrash, event_id: oneEvent.event_id })).toEqual(verdict({ duplicates: 1 }));
    expect(await report(oneCrash)).toMatchObject({ accepted: 1 });
    expect(await track({ ...oneEvent, event_id: oneCrash.event_id })).toEqual(verdict({ duplicates: 1 }));
  });

  test('concurrent requests with the same records store each once', async () => {
    const userId = randomUUID();
    const records = Array.from({ length: 10 }, () => event({ user_id: userId }));
    const crashes = records.map(({ event_id: eventId }) => crash({ user_id: userId, event_id: eventId }));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, turn) => {
        if (turn % 3 === 2) return report({ crashes });
        return track({ events: turn % 3 ? records : records.toReversed() });
      }),
    );
    const total = (key: string): number =>
      answers.reduce<number>((sum, answer) => sum + (answer as Record<string, number>)[key]!, 0);
    expect(total('accepted')).toBe(10);
    expect(total('duplicates')).toBe(110);
  });

  test('a record known before it became too old is a duplicate; a new one is too old', async () => {
    const record = event({ timestamp: minutes(-364 * 1440) });
    expect(await track(record)).toMatchObject({ accepted: 1 });
    const old = { ...record, timestamp: minutes(-400 * 1440) };
    const unseen = { ...old, event_id: uuidV7() };
    expect(await track({ events: [old, unseen, { ...unseen, timestamp: recently }, unseen] })).toEqual(
      verdict({ accepted: 1, duplicates: 2, rejected: [rejection('too_old', 1)] }),
    );
  });
});

describe('clocks', () => {
  const storedTime = async (eventId: string): Promise<string> =>
    ((await stored('events', eventId)).timestamp as Date).toISOString();

  test.each([
    ['a clock two hours late is corrected', 120, minutes(-10)],
    ['a clock a day early is corrected', -1440, minutes(-10)],
    ['four minutes are nothing', 4, minutes(-14)],
  ])('%s', async (_what, lateBy, expected) => {
    const record = event({ timestamp: minutes(-lateBy - 10) });
    expect(await track({ sent_at: minutes(-lateBy), events: [record] })).toMatchObject({ accepted: 1 });
    expect(await storedTime(record.event_id)).toBe(expected);
  });

  test('a lone record may carry sent_at too', async () => {
    const record = event({ timestamp: minutes(-130) });
    await track({ ...record, sent_at: minutes(-120) });
    expect(await storedTime(record.event_id)).toBe(minutes(-10));
  });

  test('what still lies in the future is set to now; five minutes are let through', async () => {
    const [far, near] = [event({ timestamp: minutes(60) }), event({ timestamp: minutes(5) })];
    await track({ sent_at: minutes(0), events: [far, near] });
    expect(await storedTime(far.event_id)).toBe(minutes(0));
    expect(await storedTime(near.event_id)).toBe(minutes(5));
  });

  test('a clock that is thousands of years off makes records too old, or sets them to now', async () => {
    const send = (sentAt: string) => track({ sent_at: sentAt, events: [event()] });
    expect(await send('9999-12-31T23:59:59Z')).toEqual(verdict({ rejected: [rejection('too_old')] }));
    expect(await send('0001-01-01T00:00:00Z')).toEqual(verdict({ accepted: 1 }));
  });

  test('a retry with another sent_at is still a duplicate', async () => {
    const record = event();
    expect(await track({ sent_at: minutes(-300), events: [record] })).toMatchObject({ accepted: 1 });
    expect(await track({ sent_at: minutes(500), events: [record] })).toMatchObject({ duplicates: 1 });
  });

  test('a sent_at that makes no sense costs no record', async () => {
    for (const sentAt of ['soon', 7, null]) {
      expect(await track({ sent_at: sentAt, events: [event()] })).toEqual(verdict({ accepted: 1 }));
    }
  });
});

describe('erasure and access', () => {
  test('everything about a user is given out, then erased, and later records are refused', async () => {
    const userId = randomUUID();
    const [oneEvent, oneCrash] = [event({ user_id: userId }), crash({ user_id: userId })];
    await track({ events: [oneEvent], dropped: { queue_full: 3 }, user_id: userId });
    await report({ crashes: [oneCrash] });

    const data = await (await fetch(`${server.url}/users/${userId}/data`)).json();
    expect(data).toEqual({
      user_id: userId,
      events: [{ ...oneEvent, environment: 'production' }],
      crashes: [{ ...oneCrash, environment: 'production' }],
    });

    const erase = async () => (await fetch(`${server.url}/users/${userId}`, { method: 'DELETE' })).json();
    expect(await erase()).toEqual({ deleted: { events: 1, crashes: 1 } });
    expect(await erase()).toEqual({ deleted: { events: 0, crashes: 0 } });
    expect((await fetch(`${server.url}/users/${userId}/data`)).status).toBe(404);

    const broken = { event_id: 7, user_id: userId };
    expect(await track({ events: [oneEvent, broken, event()] })).toMatchObject({
      accepted: 1,
      rejected: [rejection('erased', 0), rejection('erased', 1)],
    });
    expect(await report(oneCrash)).toEqual(verdict({ rejected: [rejection('erased')] }));
    await track({ events: [event()], dropped: { queue_full: 4 }, user_id: userId });
    const { rows } = await server.pool.query(
      `select (select count(*) from client_dropped where user_id = $1)::int as losses,
         (select count(*) from dirty_user_days where user_id = $1)::int as marks`,
      [userId],
    );
    expect(rows).toEqual([{ losses: 0, marks: 0 }]);
  });

  test('a user who never came can be erased beforehand', async () => {
    const userId = randomUUID();
    const answer = await fetch(`${server.url}/users/${userId}`, { method: 'DELETE' });
    expect(await answer.json()).toEqual({ deleted: { events: 0, crashes: 0 } });
    expect(await track(event({ user_id: userId }))).toMatchObject({ rejected: [rejection('erased')] });
  });

  test('no record survives an erasure that comes while it arrives', async () => {
    const userId = randomUUID();
    const posts = Array.from({ length: 30 }, () => track(event({ user_id: userId })));
    await fetch(`${server.url}/users/${userId}`, { method: 'DELETE' });
    await Promise.all(posts);
    expect((await fetch(`${server.url}/users/${userId}/data`)).status).toBe(404);
  });

  test('an address that is no user id is not found', async () => {
    expect((await fetch(`${server.url}/users/nobody/data`)).status).toBe(404);
    expect((await fetch(`${server.url}/users/nobody`, { method: 'DELETE' })).status).toBe(404);
  });
});

test('what clients lost is kept as totals that only grow', async () => {
  const userId = randomUUID();
  const send = (dropped: unknown) =>
    track({ dropped, user_id: userId, events: [event({ user_id: userId })] });
  await send({ queue_full: 5, before_send: 1 });
  await send({ queue_full: 3, 'Not a reason': 9, negative: -1, text: 'many' });
  await send('nonsense');
  const { rows } = await server.pool.query(
    'select reason, total::int from client_dropped where user_id = $1 order by reason',
    [userId],
  );
  expect(rows).toEqual([
    { reason: 'before_send', total: 1 },
    { reason: 'queue_full', total: 5 },
  ]);
});

test('names, texts and keys are scrubbed and made storable', async () => {
  const one = crash({
    error_message: 'No file /Users/alice/secret.txt \0 for alice@example.com \ud800',
    context: { 'a\0b': 'x\udc00', note: 'alice@example.com' },
    platform: 'mail alice@example.com',
    app_version: '1.2.3.4',
  });
  expect(await report(one)).toMatchObject({ accepted: 1 });
  const row = await stored('crashes', one.event_id);
  expect(JSON.stringify(row)).not.toMatch(/alice|example\.com|\0/);
  expect(row.app_version).toBe('1.2.3.4');
});
