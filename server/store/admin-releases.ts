/** Each version with its users and crashes in a range. */
import type pg from 'pg';

import { matchingFacets } from './stats/facets.ts';
import { type Day, type StatsQuery, daysBetween } from './stats/query.ts';
import { inSnapshot } from './stats/snapshot.ts';
import { compareVersions } from './version-order.ts';

export interface Release {
  app_version: string;
  /** Of all records that are kept, whatever the range. */
  first_day: Day;
  users: number;
  /** Of the users active in the range; one who updated counts for both versions. */
  share: number | null;
  crash_free_users_rate: number | null;
  crashes: number;
  days: { date: Day; users: number }[];
}

interface VersionFigures {
  app_version: string;
  users: number;
  crashed: number;
  crashes: number;
  first_day: Day;
}

/** Newest first. */
export function readReleases(pool: pg.Pool, query: StatsQuery): Promise<{ releases: Release[] }> {
  return inSnapshot(pool, async (client) => {
    const { ids } = await matchingFacets(client, query);
    const range = [query.from, query.to, ids];
    const versions = await client.query<VersionFigures>(BY_VERSION, range);
    const days = await client.query<{ app_version: string; day: Day; users: number }>(BY_DAY, range);
    const active = await client.query<{ users: number }>(ACTIVE, range);
    const total = active.rows[0]!.users;
    const usersOf = new Map(days.rows.map(({ app_version, day, users }) => [`${app_version} ${day}`, users]));
    const dates = daysBetween(query.from, query.to);
    const releases = versions.rows
      .sort((a, b) => compareVersions(b.app_version, a.app_version))
      .map(({ app_version, first_day, users, crashed, crashes }) => ({
        app_version,
        first_day,
        users,
        share: total === 0 ? null : users / total,
        crash_free_users_rate: users === 0 ? null : 1 - crashed / users,
        crashes,
        days: dates.map((date) => ({ date, users: usersOf.get(`${app_version} ${date}`) ?? 0 })),
      }));
    return { releases };
  });
}

const BY_VERSION = `
  with active as (
    select distinct app_version, user_id
    from user_facets
    join facets using (facet_id)
    where days && daterange($1::date, $2::date + 1) and facet_id = any ($3::int[])
  ),
  crashed as (
    select app_version, user_id, count(*) as crashes
    from uncaught_crashes
    join facets using (facet_id)
    where day between $1::date and $2::date and facet_id = any ($3::int[])
    group by app_version, user_id
  ),
  firsts as (
    select app_version, min(first_day)::text as first_day
    from user_facets
    join facets using (facet_id)
    group by app_version
  )
  select app_version, first_day,
    count(active.user_id)::int as users,
    (count(*) filter (where active.user_id is not null and crashes > 0))::int as crashed,
    coalesce(sum(crashes), 0)::int as crashes
  from active
  full join crashed using (app_version, user_id)
  join firsts using (app_version)
  group by app_version, first_day
  order by app_version collate "C"`;

/** Only a user with several rows on a day can have two of one version. */
const BY_DAY = `
  with counted as (
    select facet_id, day, count(*) as users
    from user_days
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and sole_of_day
    group by facet_id, day
    union all
    select min(facet_id), day, 1
    from user_days
    join facets using (facet_id)
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and not sole_of_day
    group by app_version, day, user_id
  )
  select app_version, day::text, sum(users)::int as users
  from counted
  join facets using (facet_id)
  group by app_version, day`;

const ACTIVE = `
  select count(distinct user_id)::int as users
  from user_facets
  where days && daterange($1::date, $2::date + 1) and facet_id = any ($3::int[])`;
