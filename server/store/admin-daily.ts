/** The days behind the figures: what the dashboard draws over time. */
import type pg from 'pg';

import { ACTIVE, dayNumber } from './histories/format.ts';
import { readDays, readUsersByDay } from './stats/by-day.ts';
import { type MatchingFacets, matchingFacets } from './stats/facets.ts';
import { eachHistory, firstDayOf } from './stats/histories.ts';
import { type Day, type StatsQuery, daysBetween, lengthInDays } from './stats/query.ts';
import { inSnapshot } from './stats/snapshot.ts';

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
    const users = await readUsers(client, query, facets);
    const days = await readDays(client, query, facets.ids);
    const crashes = await readCrashDays(client, query, facets.ids);
    return {
      days: days.map(({ day, recordings, transcriptions, failures, cost_usd }, i) => ({
        date: day,
        active_users: users.active[i]!,
        new_users: users.new[i]!,
        recordings,
        completed: transcriptions,
        failed: failures,
        cost_usd,
        crashes: crashes.get(day)?.crashes ?? 0,
        crashed_users: crashes.get(day)?.crashed_users ?? 0,
      })),
    };
  });
}

/** By the days of the range. */
interface Users {
  active: ArrayLike<number>;
  new: ArrayLike<number>;
}

async function readUsers(
  client: pg.ClientBase,
  query: StatsQuery,
  { environment, look }: MatchingFacets,
): Promise<Users> {
  if (environment === null) return readFiltered(client, query, look.matches);
  const { from, to } = query;
  const { rows } = await client.query<{ day: Day; users: number }>(NEWCOMERS, [from, to, environment]);
  const newcomers = new Map(rows.map(({ day, users }) => [day, users]));
  return {
    active: await readUsersByDay(client, query, environment),
    new: daysBetween(from, to).map((day) => newcomers.get(day) ?? 0),
  };
}

async function readFiltered(client: pg.ClientBase, query: StatsQuery, matches: Uint8Array): Promise<Users> {
  const [first, last] = [dayNumber(query.from), dayNumber(query.to)];
  const users = { active: new Float64Array(lengthInDays(query)), new: new Float64Array(lengthInDays(query)) };
  await eachHistory(client, ['firsts', 'days'], ({ firsts, days }) => {
    const firstDay = firstDayOf(firsts, matches);
    if (firstDay >= first && firstDay <= last) users.new[firstDay - first]! += 1;
    let latest = -1;
    while (days.next() && days.day <= last) {
      const { day, facetId, flags } = days;
      if (day < first || day === latest || matches[facetId] === 0 || (flags & ACTIVE) === 0) continue;
      users.active[day - first]! += 1;
      latest = day;
    }
  });
  return users;
}

const NEWCOMERS = `
  select first_day::text as day, users::float8
  from environment_newcomers
  where first_day between $1::date and $2::date and environment = $3::text`;

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
