/** Users of an environment, and what is added up of matching facets, day by day and week by week. */
import type pg from 'pg';

import { type Day, type StatsQuery, addDays, daysBetween, mondayOf, weeksTouching } from './query.ts';

/** What happened on one day. Sums of nothing are 0. */
export interface DaySums {
  day: Day;
  recordings: number;
  transcriptions: number;
  failures: number;
  cost_usd: number;
}

/** Each day of the range. */
export async function readDays(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: readonly number[],
): Promise<DaySums[]> {
  const { rows } = await client.query<DaySums>(DAYS, [from, to, facetIds]);
  const byDay = new Map(rows.map((sums) => [sums.day, sums]));
  return daysBetween(from, to).map((day) => byDay.get(day) ?? { day, ...NOTHING });
}

const NOTHING = { recordings: 0, transcriptions: 0, failures: 0, cost_usd: 0 };

/** Users active on each day of the range. */
export async function readUsersByDay(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  environment: string,
): Promise<number[]> {
  const { rows } = await client.query<{ day: Day; users: number }>(USERS, [from, to, environment]);
  const byDay = new Map(rows.map(({ day, users }) => [day, users]));
  return daysBetween(from, to).map((day) => byDay.get(day) ?? 0);
}

/** Users active in each week that touches the range, in the days of it that are in range. */
export async function readWeeks(
  client: pg.ClientBase,
  query: StatsQuery,
  environment: string,
  facetIds: readonly number[],
): Promise<number[]> {
  const { rows } = await client.query<{ week: Day; users: number }>(WEEKS, [
    query.from,
    query.to,
    environment,
  ]);
  const weeks = new Map([
    ...rows.map(({ week, users }) => [week, users] as const),
    ...(await readCutWeeks(client, query, facetIds)),
  ]);
  return weeksTouching(query).map((week) => weeks.get(week) ?? 0);
}

/** Weeks that the range cuts: the kept totals do not tell who was active in a part. */
async function readCutWeeks(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: readonly number[],
): Promise<Map<Day, number>> {
  const users = new Map<Day, number>();
  for (const week of new Set([mondayOf(from), mondayOf(to)])) {
    const sunday = addDays(week, 6);
    if (week >= from && sunday <= to) continue;
    const { rows } = await client.query<{ users: number }>(CUT_WEEK, [
      week < from ? from : week,
      sunday < to ? sunday : to,
      facetIds,
    ]);
    users.set(week, rows[0]!.users);
  }
  return users;
}

const DAYS = `
  select day::text, sum(recordings)::float8 as recordings, sum(transcriptions)::float8 as transcriptions,
    sum(failures)::float8 as failures, sum(cost_usd)::float8 as cost_usd
  from facet_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])
  group by day`;

const USERS = `
  select day::text, users::float8
  from environment_days
  where day between $1::date and $2::date and environment = $3::text`;

const WEEKS = `
  select week::text, sum(users)::float8 as users
  from environment_cohorts
  where week between $1::date and $2::date and environment = $3::text
  group by week`;

const CUT_WEEK = `
  select count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])`;
