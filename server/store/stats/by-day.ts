/** Additive figures and users of an environment, day by day and week by week. */
import type pg from 'pg';

import { type Day, type StatsQuery, addDays, daysBetween, mondayOf, weeksTouching } from './query.ts';
import { type Sums, noSums } from './sums.ts';

/** What happened on one day. Sums of nothing are 0. */
export interface DayFigures extends Sums {
  day: Day;
  users: number;
}

/** Each day from `from` to `to`. */
export async function readDays(
  client: pg.ClientBase,
  from: Day,
  to: Day,
  environment: string,
): Promise<DayFigures[]> {
  const { rows } = await client.query<DayFigures>(DAYS, [from, to, environment]);
  const byDay = new Map(rows.map((figures) => [figures.day, figures]));
  return daysBetween(from, to).map((day) => byDay.get(day) ?? { day, users: 0, ...noSums() });
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
  select day::text, users::float8, recordings::float8, widget_recordings::float8, main_window_recordings::float8,
    recorded_seconds::float8, transcriptions::float8, transcribed_seconds::float8, failures::float8,
    startups::float8, startup_seconds::float8, dictionary_uses::float8, retries::float8, cost_usd::float8
  from environment_days
  where day between $1::date and $2::date and environment = $3::text`;

const WEEKS = `
  select week::text, users::float8
  from environment_weeks
  where week between $1::date and $2::date and environment = $3::text`;

const CUT_WEEK = `
  select count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])`;
