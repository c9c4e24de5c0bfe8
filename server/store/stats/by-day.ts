/** Additive figures and distinct users, day by day and week by week. */
import type pg from 'pg';

import { type Day, type StatsQuery, addDays, daysBetween, mondayOf, soleEnvironment } from './query.ts';

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
  const environment = soleEnvironment(query);
  const days =
    environment === null
      ? await readDays(client, [first, to, facetIds])
      : (await client.query<DayFigures>(ENVIRONMENT_DAYS, [first, to, environment])).rows;
  const byDay = new Map(days.map((row) => [row.day, row]));
  const users = await readWeekUsers(client, query, facetIds, environment);
  return {
    days: daysBetween(first, to).map((day) => byDay.get(day) ?? emptyDay(day)),
    weeks: weeksTouching(query).map((week) => ({ week_start: week, users: users.get(week) ?? 0 })),
  };
}

async function readDays(client: pg.ClientBase, range: unknown[]): Promise<DayFigures[]> {
  const { rows } = await client.query<DayFigures>(DAYS, range);
  const shared = await client.query<{ day: Day; users: number }>(SHARED_DAYS, range);
  const sharedUsers = new Map(shared.rows.map(({ day, users }) => [day, users]));
  for (const row of rows) row.users += sharedUsers.get(row.day) ?? 0;
  return rows;
}

export function weeksTouching({ from, to }: StatsQuery): Day[] {
  return [...new Set(daysBetween(from, to).map(mondayOf))];
}

/** Weeks that the range cuts are counted from the rows of their days; all others are counted already. */
async function readWeekUsers(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: number[],
  environment: string | null,
): Promise<Map<Day, number>> {
  const { from, to } = query;
  const users = new Map<Day, number>();
  const whole = weeksTouching(query).filter((week) => week >= from && addDays(week, 6) <= to);
  for (const week of new Set([mondayOf(from), mondayOf(to)])) {
    if (whole.includes(week)) continue;
    const start = week < from ? from : week;
    const end = addDays(week, 6) < to ? addDays(week, 6) : to;
    const { rows } = await client.query<{ users: number }>(CUT_WEEK, [start, end, facetIds]);
    users.set(week, rows[0]!.users);
  }
  if (whole.length === 0) return users;
  const bounds = [whole[0]!, addDays(whole.at(-1)!, 6)];
  const { rows } = await client.query<{ week: Day; users: number }>(
    environment === null ? WEEKS : ENVIRONMENT_WEEKS,
    [...bounds, environment ?? facetIds],
  );
  for (const row of rows) users.set(row.week, row.users);
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

const ENVIRONMENT_DAYS = `
  select day::text, users::float8, recordings::float8, widget_recordings::float8, main_window_recordings::float8,
    recorded_seconds::float8, transcriptions::float8, transcribed_seconds::float8, failures::float8,
    startups::float8, startup_seconds::float8, dictionary_uses::float8, retries::float8, cost_usd::float8
  from environment_days
  where day between $1::date and $2::date and environment = $3::text`;

const ENVIRONMENT_WEEKS = `
  select week::text, users::float8
  from environment_weeks
  where week between $1::date and $2::date and environment = $3::text`;

const DAYS = `
  select day::text,
    count(*) filter (where sole_of_day)::float8 as users,
    coalesce(sum(recordings), 0)::float8 as recordings,
    coalesce(sum(widget_recordings), 0)::float8 as widget_recordings,
    coalesce(sum(main_window_recordings), 0)::float8 as main_window_recordings,
    coalesce(sum(recorded_seconds), 0)::float8 as recorded_seconds,
    coalesce(sum(transcriptions), 0)::float8 as transcriptions,
    coalesce(sum(transcribed_seconds), 0)::float8 as transcribed_seconds,
    coalesce(sum(cardinality(failures)), 0)::float8 as failures,
    coalesce(sum(startups), 0)::float8 as startups,
    coalesce(sum(startup_seconds), 0)::float8 as startup_seconds,
    coalesce(sum(dictionary_uses), 0)::float8 as dictionary_uses,
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

/** Of a week that is not mixed the first row counts; users of mixed weeks are counted one by one. */
const WEEKS = `
  select week::text, sum(users)::float8 as users
  from (
    select date_trunc('week', day::timestamp)::date as week, count(*) as users
    from user_days
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and week_first
    group by 1
    union all
    select date_trunc('week', day::timestamp)::date, count(distinct user_id)
    from user_days
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and week_mixed
    group by 1
  ) parts
  group by week`;

const CUT_WEEK = `
  select count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])`;
