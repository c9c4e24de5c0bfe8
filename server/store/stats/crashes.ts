/** Uncaught crashes: how many, of what kind, on which day. Handled errors are in none of these. */
import type pg from 'pg';

import { type Day, type StatsQuery, addDays, daysBetween } from './query.ts';

export interface CrashFigures {
  crashes: number;
  crashes_7d: number;
  crashes_30d: number;
  per_day: { date: Day; crashes: number }[];
  types: { crash_type: string; crashes: number; users: number }[];
  app_versions: { app_version: string; crashes: number; users: number }[];
  os_versions: { os_version: string; crashes: number; users: number }[];
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
  facetIds: readonly number[],
): Promise<CrashFigures> {
  const { rows } = await client.query<CrashGroup>(GROUPS, [from, to, facetIds]);
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

/** Counted for each user first: a distinct count over all would sort them. */
function by(column: 'crash_type' | 'app_version' | 'os_version'): string {
  return `
  select '${column}', name, sum(crashes)::int as crashes, count(*)::int as users
  from (
    select coalesce(nullif(${column}, ''), 'unknown') collate "C" as name, user_id, count(*) as crashes
    from matching
    where in_range
    group by name, user_id
  ) by_user
  group by name
  order by crashes desc, name`;
}
