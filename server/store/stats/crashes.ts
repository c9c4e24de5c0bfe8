/** Uncaught crashes: how many, of what kind, on which day. Handled errors are in none of these. */
import type pg from 'pg';

import { type Day, type StatsQuery, addDays, daysBetween } from './query.ts';
import { firstsSource } from './so-far.ts';

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

export async function readCrashes(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: number[],
): Promise<CrashFigures> {
  const { from, to } = query;
  const earliest = from < addDays(to, -29) ? from : addDays(to, -29);
  const { rows } = await client.query<{ day: Day; crashes: number }>(PER_DAY, [earliest, to, facetIds]);
  const byDay = new Map(rows.map(({ day, crashes }) => [day, crashes]));
  const since = (start: Day): number =>
    rows.reduce((sum, { day, crashes }) => (day >= start ? sum + crashes : sum), 0);
  const range = [from, to, facetIds];
  const types = await client.query<CrashFigures['types'][number]>(by('crash_type'), range);
  const appVersions = await client.query<CrashFigures['app_versions'][number]>(by('app_version'), range);
  const osVersions = await client.query<CrashFigures['os_versions'][number]>(by('os_version'), range);
  return {
    crashes: since(from),
    crashes_7d: since(addDays(to, -6)),
    crashes_30d: since(addDays(to, -29)),
    per_day: daysBetween(from, to).map((date) => ({ date, crashes: byDay.get(date) ?? 0 })),
    types: types.rows,
    app_versions: appVersions.rows,
    os_versions: osVersions.rows,
    median_seconds_to_first: await readTimeToFirst(client, query, facetIds),
  };
}

const PER_DAY = `
  select day::text, count(*)::int as crashes
  from uncaught_crashes
  where day between $1::date and $2::date and facet_id = any ($3::int[])
  group by day`;

function by(column: 'crash_type' | 'app_version' | 'os_version'): string {
  return `
    select coalesce(nullif(${column}, ''), 'unknown') as ${column}, count(*)::int as crashes,
      count(distinct user_id)::int as users
    from uncaught_crashes
    join facets using (facet_id)
    where day between $1::date and $2::date and facet_id = any ($3::int[])
    group by 1
    order by crashes desc, 1`;
}

async function readTimeToFirst(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: number[],
): Promise<number | null> {
  const { source, values } = firstsSource(query, facetIds, 3);
  const { rows } = await client.query<{ median: number | null }>(
    `with crashed as (
       select user_id, min(crashed_at) as crashed_at
       from uncaught_crashes
       where day <= $1::date and facet_id = any ($2::int[])
       group by user_id
     )
     select percentile_cont(0.5) within group (order by extract(epoch from crashed_at - first_at)::float8) as median
     from (${source}) users
     join crashed using (user_id)
     where first_day <= $1::date and crashed_at >= first_at`,
    [query.to, facetIds, ...values],
  );
  return rows[0]!.median;
}
