/** Additive figures and distinct users, day by day and week by week. */
import type pg from 'pg';

import { type Day, type StatsQuery, addDays, daysBetween, mondayOf } from './query.ts';

/** What happened on one day. Sums of nothing are 0. */
export interface DayFigures {
  day: Day;
  users: number;
  recordings: number;
  widget_recordings: number;
  main_window_recordings: number;
  recorded_seconds: number;
  transcriptions: number;
  transcribed_seconds: number;
  failures: number;
  startups: number;
  startup_seconds: number;
  dictionary_uses: number;
  retries: number;
  cost_usd: number;
}

export interface ByDay {
  /** Each day from `from`, or from the first of the 30 days up to `to`, whichever is earlier. */
  days: DayFigures[];
  weeks: { week_start: Day; users: number }[];
}

export async function readByDay(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: number[],
): Promise<ByDay> {
  const { from, to } = query;
  const monthBefore = addDays(to, -29);
  const first = from < monthBefore ? from : monthBefore;
  const sums = await client.query<DayFigures & { week_users: number }>(SUMS, [first, to, facetIds]);
  const shared = await client.query<{ day: Day; users: number }>(SHARED_DAYS, [first, to, facetIds]);
  const byDay = new Map(sums.rows.map((row) => [row.day, row]));
  for (const { day, users } of shared.rows) byDay.get(day)!.users += users;
  const weekUsers = await readWeekUsers(client, query, facetIds);
  for (const { day, week_users } of sums.rows) {
    const week = mondayOf(day);
    if (week >= from) weekUsers.set(week, (weekUsers.get(week) ?? 0) + week_users);
  }
  return {
    days: daysBetween(first, to).map((day) => byDay.get(day) ?? emptyDay(day)),
    weeks: weeksTouching(query).map((week) => ({ week_start: week, users: weekUsers.get(week) ?? 0 })),
  };
}

export function weeksTouching({ from, to }: StatsQuery): Day[] {
  return [...new Set(daysBetween(from, to).map(mondayOf))];
}

/**
 * Users of the weeks that rows cannot be counted for: with rows of several facets, or begun before the range. (A
 * week that the range ends in is no trouble: the first row of a user's week is in range, or none is.)
 */
async function readWeekUsers(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: number[],
): Promise<Map<Day, number>> {
  const { from, to } = query;
  const cut = mondayOf(from) < from ? mondayOf(from) : null;
  const firstWhole = cut === null ? from : addDays(cut, 7);
  const mixed = await client.query<{ week: Day; users: number }>(MIXED_WEEKS, [firstWhole, to, facetIds]);
  const users = new Map(mixed.rows.map((row) => [row.week, row.users]));
  if (cut !== null) {
    const end = addDays(cut, 6) < to ? addDays(cut, 6) : to;
    const { rows } = await client.query<{ users: number }>(CUT_WEEK, [from, end, facetIds]);
    users.set(cut, rows[0]!.users);
  }
  return users;
}

function emptyDay(day: Day): DayFigures {
  return {
    day,
    users: 0,
    recordings: 0,
    widget_recordings: 0,
    main_window_recordings: 0,
    recorded_seconds: 0,
    transcriptions: 0,
    transcribed_seconds: 0,
    failures: 0,
    startups: 0,
    startup_seconds: 0,
    dictionary_uses: 0,
    retries: 0,
    cost_usd: 0,
  };
}

const SUMS = `
  select day::text,
    count(*) filter (where sole_of_day)::int as users,
    count(*) filter (where week_first)::int as week_users,
    coalesce(sum(recordings), 0)::float8 as recordings,
    coalesce(sum(widget_recordings), 0)::float8 as widget_recordings,
    coalesce(sum(main_window_recordings), 0)::float8 as main_window_recordings,
    coalesce(sum(recorded_seconds), 0) as recorded_seconds,
    coalesce(sum(transcriptions), 0)::float8 as transcriptions,
    coalesce(sum(transcribed_seconds), 0) as transcribed_seconds,
    coalesce(sum(cardinality(failures)), 0)::float8 as failures,
    coalesce(sum(startups), 0)::float8 as startups,
    coalesce(sum(startup_seconds), 0) as startup_seconds,
    coalesce(sum(dictionary_uses), 0) as dictionary_uses,
    coalesce(sum(retries), 0)::float8 as retries,
    coalesce(sum(cost_usd), 0)::float8 as cost_usd
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])
  group by day`;

/** Users with several rows on a day count once. */
const SHARED_DAYS = `
  select day::text, count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[]) and not sole_of_day
  group by day`;

const MIXED_WEEKS = `
  select date_trunc('week', day::timestamp)::date::text as week, count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[]) and week_mixed
  group by date_trunc('week', day::timestamp)`;

const CUT_WEEK = `
  select count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])`;
