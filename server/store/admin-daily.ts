/** The days behind the figures: what the dashboard draws over time. */
import type pg from 'pg';

import { readDays } from './stats/by-day.ts';
import { type MatchingFacets, matchingFacets } from './stats/facets.ts';
import { matchingUsers, userParameters } from './stats/matching-users.ts';
import type { Day, StatsQuery } from './stats/query.ts';
import { inSnapshot } from './stats/snapshot.ts';
import { newcomers } from './stats/so-far.ts';

/** One day, its figures alone. */
export interface DailyFigures {
  date: Day;
  active_users: number;
  new_users: number;
  recordings: number;
  /** `transcription_completed` and `transcription_failed`. */
  completed: number;
  failed: number;
  cost_usd: number;
  crashes: number;
  /** Active users of the day with a crash in it. */
  crashed_users: number;
}

export function readDaily(pool: pg.Pool, query: StatsQuery): Promise<{ days: DailyFigures[] }> {
  return inSnapshot(pool, async (client) => {
    const facets = await matchingFacets(client, query);
    const days = await readDays(client, query, facets);
    const newUsers = await readNewUsers(client, query, facets);
    const crashes = await readCrashDays(client, query, facets.ids);
    return {
      days: days.map((figures) => ({
        date: figures.day,
        active_users: figures.users,
        new_users: newUsers.get(figures.day) ?? 0,
        recordings: figures.recordings,
        completed: figures.transcriptions,
        failed: figures.failures,
        cost_usd: figures.cost_usd,
        crashes: crashes.get(figures.day)?.crashes ?? 0,
        crashed_users: crashes.get(figures.day)?.crashed_users ?? 0,
      })),
    };
  });
}

async function readNewUsers(
  client: pg.ClientBase,
  query: StatsQuery,
  facets: MatchingFacets,
): Promise<Map<Day, number>> {
  const parameters = userParameters(query.to, facets);
  const { rows } = await client.query<{ day: Day; users: number }>(
    `with matching as (${matchingUsers(facets)})
     select first_day::text as day, sum(users)::int as users
     from (${newcomers(facets)}) newcomers
     where first_day between $${parameters.length + 1}::date and $1::date
     group by first_day`,
    [...parameters, query.from],
  );
  return new Map(rows.map(({ day, users }) => [day, users]));
}

interface CrashDay {
  day: Day;
  crashes: number;
  crashed_users: number;
}

async function readCrashDays(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: number[],
): Promise<Map<Day, CrashDay>> {
  // `+ 0` keeps the thousands of facets out of the search for each user-day: one of its few rows will do.
  const { rows } = await client.query<CrashDay>(
    `select day::text, sum(crashes)::int as crashes, count(active)::int as crashed_users
     from (
       select day, user_id, count(*) as crashes
       from uncaught_crashes
       where day between $1::date and $2::date and facet_id = any ($3::int[])
       group by day, user_id
     ) crashed
     left join lateral (
       select true as active
       from user_days
       where user_days.user_id = crashed.user_id and user_days.day = crashed.day and facet_id + 0 = any ($3::int[])
       limit 1
     ) active on true
     group by day`,
    [from, to, facetIds],
  );
  return new Map(rows.map((row) => [row.day, row]));
}
