/** Users with very many events or sessions on a day: aggregation takes them in smaller steps, and bounded memory. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { catchUp } from '../../../../server/jobs/aggregate.ts';
import { aggregateStep } from '../../../../server/store/rollups/index.ts';
import { getFigures } from '../../../helpers/figures.ts';
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

/** Events of one user and day, a second apart, each in a session of its own. */
async function addHeavyDay(events: number): Promise<void> {
  const user = randomUUID();
  await server.pool.query(
    `insert into events
       (user_id, event_id, session_id, timestamp, event, app_version, platform, environment, properties)
     select $1, gen_random_uuid(), gen_random_uuid(), $2::date + interval '1 second' * n, 'retry_attempted', '1',
       'macOS 15', 'production', '{}'
     from generate_series(1, $3::int) n`,
    [user, DAY, events],
  );
  await server.pool.query('insert into dirty_user_days (user_id, day) values ($1, $2)', [user, DAY]);
}

test('a step that would read too much does nothing and says so; one user-day is read whole', async () => {
  for (let user = 0; user < 4; user += 1) await addHeavyDay(100);
  expect(await aggregateStep(server.pool, 4, 250)).toEqual({ userDays: 0, last: false, tooMuch: true });
  expect(await aggregateStep(server.pool, 2, 250)).toEqual({ userDays: 2, last: false, tooMuch: false });
  expect(await aggregateStep(server.pool, 1, 50)).toMatchObject({ userDays: 1, tooMuch: false });
  expect(await catchUp(server.pool)).toEqual({ userDays: 1, done: true });
  expect(await disagreements(server, QUESTION)).toEqual([]);
});

test('a hundred thousand sessions of two user-days are counted, and leave with them', async () => {
  await addHeavyDay(50_000);
  await addHeavyDay(50_001);
  expect(await catchUp(server.pool)).toEqual({ userDays: 2, done: true });
  expect(await disagreements(server, QUESTION)).toEqual([]);
  await server.pool.query('delete from events');
  await server.pool.query(
    'insert into dirty_user_days (user_id, day) select distinct user_id, day from user_days',
  );
  await catchUp(server.pool);
  const { rows } = await server.pool.query('select sessions from facet_days where sessions <> 0');
  expect(rows).toEqual([]);
  expect(await getFigures(server, '/stats?from=2026-06-01&to=2026-06-30')).toMatchObject({
    growth: { total_users: 0 },
  });
});
