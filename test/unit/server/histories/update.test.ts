/** Histories are those of the stored events, in whatever order these come, however long they are. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { catchUp } from '../../../../server/jobs/aggregate.ts';
import { DayReader } from '../../../../server/store/histories/day-columns.ts';
import { dayOfNumber } from '../../../../server/store/histories/format.ts';
import { forgetUser } from '../../../../server/store/rollups/index.ts';
import { inTransaction } from '../../../../server/store/pool.ts';
import { type TestServer, startTestServer } from '../../../helpers/server.ts';

const USER = 'aaaaaaaa-0000-4000-8000-000000000001';
/** Several times what histories keep apart from settled days. */
const DAYS = 120;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());
beforeEach(() =>
  server.pool.query(
    'truncate events, dirty_user_days, user_days, user_facets, user_environments, user_histories, session_days',
  ),
);

/** Adds events to the days with these numbers, or removes all that are there, and brings the rollups up to date. */
async function change(days: readonly number[], what: 'add' | 'remove'): Promise<void> {
  const dates = days.map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
  await server.pool.query(
    what === 'add'
      ? `insert into events (user_id, event_id, timestamp, event, app_version, platform, country, environment, properties)
         select $1, gen_random_uuid(), day::timestamp at time zone 'UTC' + interval '1 hour' * n,
           'event ' || n, case when extract(day from day) > 15 and n = 1 then '2' else '1' end, 'macOS 15', 'DE',
           'production', '{}'
         from unnest($2::date[]) as day, generate_series(1, 3) as n`
      : `delete from events where user_id = $1 and (timestamp at time zone 'UTC')::date = any ($2::date[])`,
    [USER, dates],
  );
  await server.pool.query('insert into dirty_user_days (user_id, day) select $1, unnest($2::date[])', [
    USER,
    dates,
  ]);
  await catchUp(server.pool);
}

interface Stored {
  settled: Buffer;
  recent: Buffer;
  latest_day: number | null;
}

/** Each day and version with the names of its events. */
async function stored(): Promise<string[]> {
  const { rows } = await server.pool.query<Stored>(
    `select coalesce(settled, '') as settled, recent, latest_day from user_histories`,
  );
  const names = await namesOf('select name_id as id, event as name from event_names');
  const versions = await namesOf('select facet_id as id, app_version as name from facets');
  const found: string[] = [];
  for (const { settled, recent, latest_day } of rows) {
    const days = new DayReader();
    const bytes = Buffer.concat([settled, recent]);
    days.open(bytes, 0, settled.length, settled.length, bytes.length);
    while (days.next()) {
      const events: (string | undefined)[] = [];
      for (let name = days.nextName(); name !== -1; name = days.nextName()) events.push(names.get(name >> 1));
      found.push(`${dayOfNumber(days.day)} ${versions.get(days.facetId)} ${events.join()}`);
    }
    // It may be too late where the last recent days have gone.
    if (recent.length > 0) expect(latest_day).toBe(days.day);
    else expect(latest_day).toBeGreaterThanOrEqual(days.day);
  }
  return found;
}

async function namesOf(select: string): Promise<Map<number, string>> {
  const { rows } = await server.pool.query<{ id: number; name: string }>(select);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function expected(): Promise<string[]> {
  const { rows } = await server.pool.query<{ entry: string }>(
    `select (timestamp at time zone 'UTC')::date || ' ' || app_version || ' ' || string_agg(event, ',' order by timestamp)
       as entry
     from events
     join facets using (app_version, platform, country, environment)
     group by (timestamp at time zone 'UTC')::date, app_version, facet_id
     order by min(timestamp)`,
  );
  return rows.map((row) => row.entry);
}

async function settledDays(): Promise<number> {
  const { rows } = await server.pool.query<{ bytes: number }>(
    `select coalesce(length(settled), 0) as bytes from user_histories`,
  );
  return rows[0]?.bytes ?? 0;
}

const allDays = Array.from({ length: DAYS }, (_, day) => day);

test('day after day: old days settle, and only the new ones are written again', async () => {
  for (let day = 0; day < DAYS; day += 5) await change(allDays.slice(day, day + 5), 'add');
  expect(await settledDays()).toBeGreaterThan(0);
  expect(await stored()).toEqual(await expected());
});

test('in any order, late and again, and when days leave', async () => {
  const pieces = fc.shuffledSubarray(allDays, { minLength: DAYS }).chain((days) =>
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 6 }).map((sizes) => {
      let at = 0;
      return sizes.map((size) => days.slice(at, (at += size))).filter((piece) => piece.length > 0);
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      pieces,
      fc.subarray(allDays),
      fc.subarray(allDays, { minLength: 1, maxLength: 3 }),
      async (added, removed, again) => {
        await server.pool.query('truncate events, user_days, user_facets, user_environments, user_histories');
        for (const piece of added) await change(piece, 'add');
        expect(await stored()).toEqual(await expected());
        await change(removed, 'remove');
        await change(again, 'add');
        expect(await stored()).toEqual(await expected());
      },
    ),
    { numRuns: 8, interruptAfterTimeLimit: 15_000 },
  );
});

test('of a user without records there is none', async () => {
  await change(allDays, 'add');
  await change(allDays, 'remove');
  expect((await server.pool.query('select from user_histories')).rowCount).toBe(0);
});

test('an erased user leaves none', async () => {
  await change(allDays, 'add');
  await inTransaction(server.pool, (client) => forgetUser(client, USER));
  expect((await server.pool.query('select from user_histories')).rowCount).toBe(0);
});
