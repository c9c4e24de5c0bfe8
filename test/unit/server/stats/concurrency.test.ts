/** What happens at the same moment as aggregation, played step by step. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { catchUp, freshen } from '../../../../server/jobs/aggregate.ts';
import { aggregateStep } from '../../../../server/store/rollups/index.ts';
import { lockRollups } from '../../../../server/store/rollups/marks.ts';
import { getFigures } from '../../../helpers/figures.ts';
import { makeCrash, makeEvent } from '../../../helpers/records.ts';
import type { TestServer } from '../../../helpers/server.ts';
import { startWorld } from './against-reference.ts';
import { clear, disagreements } from './world.ts';

const DAY = '2026-06-10';
const QUESTION = { from: '2026-06-01', to: '2026-06-30' };

let server: TestServer;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server?.close());
beforeEach(() => clear(server));

const at = (time: string): string => `${DAY}T${time}Z`;
const track = (...events: ReturnType<typeof makeEvent>[]) => server.post('/track', { events });
const count = async (table: string): Promise<number> => {
  const { rows } = await server.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]!.n;
};

test('a record whose transaction commits late is counted once it has', async () => {
  const event = makeEvent({ timestamp: at('10:00:00.000') });
  await track(event);
  const late = await server.pool.connect();
  try {
    await late.query('begin');
    await late.query(
      `insert into events (user_id, event_id, timestamp, event, app_version, platform, environment, properties)
       values ($1, gen_random_uuid(), $2, 'retry_attempted', '1', 'macOS 15', 'production', '{}')`,
      [event.user_id, at('11:00:00.000')],
    );
    await late.query('insert into dirty_user_days (user_id, day) values ($1, $2)', [event.user_id, DAY]);
    // Everything around it is aggregated meanwhile.
    await catchUp(server.pool);
    expect(await disagreements(server, QUESTION)).toEqual([]);
    await late.query('commit');
  } finally {
    late.release();
  }
  expect(await disagreements(server, QUESTION)).toEqual([]);
  const stats = await getFigures(server, '/stats?from=2026-06-01&to=2026-06-30');
  expect(stats).toMatchObject({ adoption: { retries: 1 } });
});

test('aggregators that work at the same time share the marks', async () => {
  const users = Array.from({ length: 40 }, () => makeEvent({ timestamp: at('10:00:00.000') }));
  await Promise.all(
    users.map((event) => track(event, makeEvent({ user_id: event.user_id, timestamp: at('12:00:00.000') }))),
  );
  const reports = await Promise.all(Array.from({ length: 4 }, () => runSteps(7)));
  expect(reports.reduce((sum, userDays) => sum + userDays, 0)).toBe(40);
  expect(await count('dirty_user_days')).toBe(0);
  expect(await disagreements(server, QUESTION)).toEqual([]);
});

async function runSteps(limit: number): Promise<number> {
  let total = 0;
  for (;;) {
    const { userDays, last } = await aggregateStep(server.pool, limit);
    total += userDays;
    if (last) return total;
  }
}

test('erasure while records of the same user arrive and are aggregated leaves no trace', async () => {
  const { user_id } = makeEvent();
  await Promise.all([
    ...Array.from({ length: 8 }, () => track(makeEvent({ user_id, timestamp: at('10:00:00.000') }))),
    server.post('/crash', { crashes: [makeCrash({ user_id, timestamp: at('10:00:00.000') })] }),
    aggregateStep(server.pool, 2),
    fetch(`${server.url}/users/${user_id}`, { method: 'DELETE' }),
    aggregateStep(server.pool, 2),
    ...Array.from({ length: 8 }, () => track(makeEvent({ user_id, timestamp: at('11:00:00.000') }))),
  ]);
  await catchUp(server.pool);
  for (const table of [
    'events',
    'crashes',
    'user_days',
    'user_facets',
    'user_environments',
    'session_days',
    'auto_paste_toggles',
    'uncaught_crashes',
    'dirty_user_days',
  ]) {
    expect([table, await count(table)]).toEqual([table, 0]);
  }
});

test('a session shared with an erased user is whole again', async () => {
  const session_id = makeEvent().session_id;
  const [a, b] = [
    makeEvent({ session_id, timestamp: at('10:00:00.000') }),
    makeEvent({ session_id, timestamp: at('10:01:00.000') }),
  ];
  await track(a, makeEvent({ user_id: a.user_id, session_id, timestamp: at('10:00:30.000') }));
  await track(b);
  const path = '/stats?from=2026-06-01&to=2026-06-30';
  expect(await getFigures(server, path)).toMatchObject({ usage: { average_session_seconds: 60 } });
  await fetch(`${server.url}/users/${b.user_id}`, { method: 'DELETE' });
  expect(await getFigures(server, path)).toMatchObject({ usage: { average_session_seconds: 30 } });
  expect(await disagreements(server, QUESTION)).toEqual([]);
});

test('under a backlog the answer is as of the oldest record that is missing', async () => {
  await track(makeEvent({ timestamp: at('10:00:00.000') }));
  await track(makeEvent({ timestamp: at('10:00:00.000') }));
  await server.pool.query(
    `update dirty_user_days set marked_at = '2026-06-10T12:00:00Z'
     where user_id = (select max(user_id::text)::uuid from dirty_user_days)`,
  );
  expect(await freshen(server.pool, 0, 1)).toEqual(new Date('2026-06-10T12:00:00Z'));
  const before = Date.now();
  expect((await freshen(server.pool, 10_000)).getTime()).toBeGreaterThanOrEqual(before);
});

test('storing records does not wait for a step', async () => {
  const client = await server.pool.connect();
  try {
    await client.query('begin');
    await lockRollups(client);
    expect(await track(makeEvent({ timestamp: at('10:00:00.000') }))).toMatchObject({ status: 200 });
    await client.query('rollback');
  } finally {
    client.release();
  }
});
