/** Additive figures and distinct users, day by day and week by week. */
import type pg from 'pg';

import type { MatchingFacets, MostOfEnvironment } from './facets.ts';
import { readMatchingDays } from './matching-days.ts';
import { readLeftOut, readMostDays, readMostWeeks } from './most-days.ts';
import {
  type FailureCount,
  type ProcessingTimes,
  countFailures,
  readFailures,
  readProcessingTimes,
} from './processing.ts';
import { type Day, type StatsQuery, addDays, daysBetween, mondayOf, weeksTouching } from './query.ts';
import { ValueCounts } from './value-counts.ts';

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
  /** Of the days from `from` on; so are the failures. */
  processing: ProcessingTimes;
  failures: FailureCount[];
}

export async function readByDay(
  client: pg.ClientBase,
  query: StatsQuery,
  facets: MatchingFacets,
): Promise<ByDay> {
  const { from, to } = query;
  const monthBefore = addDays(to, -29);
  const first = from < monthBefore ? from : monthBefore;
  const { environment, ids, most } = facets;
  const { days, ...others } =
    environment !== null
      ? await readOfEnvironment(client, first, query, environment)
      : most !== null
        ? await readMost(client, first, query, { ids, most })
        : await readMatching(client, first, query, ids);
  const weeks = new Map([...others.weeks, ...(await readCutWeeks(client, query, ids))]);
  return {
    ...others,
    days: fillDays(days, first, to),
    weeks: weeksTouching(query).map((week) => ({ week_start: week, users: weeks.get(week) ?? 0 })),
  };
}

/** Each day of a range, without what `readByDay` reads besides. */
export async function readDays(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  { environment, ids, most }: MatchingFacets,
): Promise<DayFigures[]> {
  if (environment !== null) {
    return fillDays(await readEnvironmentDays(client, from, to, environment), from, to);
  }
  if (most !== null) return fillDays(await readMostDays(client, from, to, { ids, most }), from, to);
  const days: DayFigures[] = [];
  for await (const { figures } of readMatchingDays(client, from, to, ids)) days.push(figures);
  return fillDays(days, from, to);
}

interface Parts extends Omit<ByDay, 'weeks'> {
  /** Users of the weeks that lie in the range as a whole. */
  weeks: Map<Day, number>;
}

/** From the totals that the aggregator keeps. */
async function readOfEnvironment(
  client: pg.ClientBase,
  first: Day,
  query: StatsQuery,
  environment: string,
): Promise<Parts> {
  const range = [query.from, query.to, environment];
  const weeks = await client.query<{ week: Day; users: number }>(ENVIRONMENT_WEEKS, range);
  return {
    days: await readEnvironmentDays(client, first, query.to, environment),
    weeks: new Map(weeks.rows.map(({ week, users }) => [week, users])),
    processing: await readProcessingTimes(client, range),
    failures: await readFailures(client, range),
  };
}

async function readEnvironmentDays(client: pg.ClientBase, from: Day, to: Day, environment: string) {
  const { rows } = await client.query<DayFigures>(ENVIRONMENT_DAYS, [from, to, environment]);
  return rows;
}

/** From these totals, less what the filters leave out. */
async function readMost(
  client: pg.ClientBase,
  first: Day,
  { from, to }: StatsQuery,
  facets: { ids: number[]; most: MostOfEnvironment },
): Promise<Parts> {
  const range = [from, to, facets.most.environment];
  const leftOut = await readLeftOut(client, from, to, facets.most);
  const failures = new Map(
    (await readFailures(client, range)).map(({ error_type, count }) => [
      error_type,
      count - (leftOut.failures.get(error_type) ?? 0),
    ]),
  );
  return {
    days: await readMostDays(client, first, to, facets),
    weeks: await readMostWeeks(client, from, to, facets),
    processing: await readProcessingTimes(client, range, leftOut.processing.counts),
    failures: countFailures(failures).filter(({ count }) => count > 0),
  };
}

/** From the matching user-days. */
async function readMatching(
  client: pg.ClientBase,
  first: Day,
  { from, to }: StatsQuery,
  facetIds: number[],
): Promise<Parts> {
  const days: DayFigures[] = [];
  const processing = new ValueCounts();
  const failures = new Map<string, number>();
  const mixed = await client.query<{ week: Day; users: number }>(MIXED_WEEKS, [from, to, facetIds]);
  const weeks = new Map(mixed.rows.map(({ week, users }) => [week, users]));
  for await (const { figures, weekFirsts, processingSeconds, failureTypes } of readMatchingDays(
    client,
    first,
    to,
    facetIds,
  )) {
    days.push(figures);
    if (figures.day < from) continue;
    const week = mondayOf(figures.day);
    weeks.set(week, (weeks.get(week) ?? 0) + weekFirsts);
    for (const seconds of processingSeconds) processing.add(seconds);
    for (const type of failureTypes) failures.set(type, (failures.get(type) ?? 0) + 1);
  }
  return { days, weeks, processing: processing.summary(), failures: countFailures(failures) };
}

/** Weeks that the range cuts: neither the kept totals nor a week's first rows tell who was active in a part. */
async function readCutWeeks(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: number[],
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

function fillDays(days: DayFigures[], from: Day, to: Day): DayFigures[] {
  const byDay = new Map(days.map((figures) => [figures.day, figures]));
  return daysBetween(from, to).map((day) => byDay.get(day) ?? emptyDay(day));
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

/** Of a week that is not mixed the first row counts; users of mixed weeks are counted one by one. */
const MIXED_WEEKS = `
  select date_trunc('week', day::timestamp)::date::text as week, count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[]) and week_mixed
  group by week`;

const CUT_WEEK = `
  select count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])`;
