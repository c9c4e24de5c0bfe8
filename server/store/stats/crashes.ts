/** Uncaught crashes: how many, of what kind, on which day. Handled errors are in none of these. */
import type pg from 'pg';

import { type MatchingFacets, touchedUser } from './facets.ts';
import { type Day, type StatsQuery, addDays, daysBetween } from './query.ts';
import type { Source } from './so-far.ts';

export interface CrashFigures {
  crashes: number;
  crashes_7d: number;
  crashes_30d: number;
  per_day: { date: Day; crashes: number }[];
  types: { crash_type: string; crashes: number; users: number }[];
  app_versions: { app_version: string; crashes: number; users: number }[];
  os_versions: { os_version: string; crashes: number; users: number }[];
  median_seconds_to_first: number | null;
}

interface CrashGroup extends CrashCount {
  grouped_by: 'day' | 'crash_type' | 'app_version' | 'os_version';
}
interface CrashCount {
  name: string;
  crashes: number;
  users: number;
}

export async function readCrashes(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facets: MatchingFacets,
): Promise<CrashFigures> {
  const { rows } = await client.query<CrashGroup>(GROUPS, [from, to, facets.ids]);
  const groups = (kind: CrashGroup['grouped_by']): CrashGroup[] =>
    rows.filter((row) => row.grouped_by === kind);
  const byDay = new Map(groups('day').map(({ name, crashes }) => [name, crashes]));
  const since = (start: Day): number =>
    daysBetween(start, to).reduce((sum, day) => sum + (byDay.get(day) ?? 0), 0);
  return {
    crashes: since(from),
    crashes_7d: since(addDays(to, -6)),
    crashes_30d: since(addDays(to, -29)),
    per_day: daysBetween(from, to).map((date) => ({ date, crashes: byDay.get(date) ?? 0 })),
    types: groups('crash_type').map(({ name, crashes, users }) => ({ crash_type: name, crashes, users })),
    app_versions: groups('app_version').map(({ name, crashes, users }) => ({
      app_version: name,
      crashes,
      users,
    })),
    os_versions: groups('os_version').map(({ name, crashes, users }) => ({
      os_version: name,
      crashes,
      users,
    })),
    median_seconds_to_first: await readTimeToFirst(client, to, facets),
  };
}

/** Days from the first that any figure needs; the other groups in range only. */
const GROUPS = `
  with matching as (
    select user_id, day, crash_type, os_version, app_version, day >= $1::date as in_range
    from uncaught_crashes
    join facets using (facet_id)
    where day between least($1::date, $2::date - 29) and $2::date and facet_id = any ($3::int[])
  )
  select 'day' as grouped_by, day::text as name, count(*)::int as crashes, 0 as users from matching group by day
  union all
  (${by('crash_type')})
  union all
  (${by('app_version')})
  union all
  (${by('os_version')})`;

function by(column: 'crash_type' | 'app_version' | 'os_version'): string {
  return `
  select '${column}', coalesce(nullif(${column}, ''), 'unknown') collate "C" as name, count(*)::int as crashes,
    count(distinct user_id)::int as users
  from matching
  where in_range
  group by name
  order by crashes desc, name`;
}

async function readTimeToFirst(
  client: pg.ClientBase,
  to: Day,
  facets: MatchingFacets,
): Promise<number | null> {
  const { source, values } = firstCrashes(facets);
  const { rows } = await client.query<{ median: number | null }>(
    `select percentile_cont(0.5) within group (order by extract(epoch from first_crash_at - first_at)::float8) as median
     from (${source}) crashed
     where first_day <= $1::date and first_crash_at >= first_at`,
    [to, ...values],
  );
  return rows[0]!.median;
}

function firstCrashes({ ids, environment, most }: MatchingFacets): Source {
  if (environment !== null) return { source: ofEnvironment('$2'), values: [environment] };
  if (most === null) return { source: ofFacets(), values: [ids] };
  const isTouched = touchedUser('$4');
  return {
    source: `${ofEnvironment('$3', `not (${isTouched})`)} union all ${ofFacets(isTouched)}`,
    values: [ids, most.environment, most.touched],
  };
}

const ofEnvironment = (environment: string, whose = 'true'): string => `
  select first_day, first_at, first_crash_at
  from user_environments
  where environment = ${environment}::text and first_crash_at < ($1::date + 1)::timestamp at time zone 'UTC'
    and ${whose}`;

const ofFacets = (whose = 'true'): string => `
  select min(first_day) as first_day, min(first_at) as first_at, min(first_crash_at) as first_crash_at
  from (
    select user_id, min(crashed_at) as first_crash_at
    from uncaught_crashes
    where day <= $1::date and facet_id = any ($2::int[]) and ${whose}
    group by user_id
  ) crashed
  join user_facets using (user_id)
  where facet_id = any ($2::int[])
  group by user_id`;
