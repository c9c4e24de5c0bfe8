/**
 * Days of a question that keeps most of an environment: the environment's totals, less what the filters leave out.
 * Decimals are taken off as decimals, so that nothing is left of what is taken off.
 */
import type pg from 'pg';

import type { DayFigures } from './by-day.ts';
import type { MatchingFacets, MostOfEnvironment } from './facets.ts';
import { readMatchingDays } from './matching-days.ts';
import type { Day } from './query.ts';
import { ValueCounts } from './value-counts.ts';

type Most = Pick<MatchingFacets, 'ids'> & { most: MostOfEnvironment };

export async function readMostDays(
  client: pg.ClientBase,
  from: Day,
  to: Day,
  { ids, most }: Most,
): Promise<DayFigures[]> {
  const { rows } = await client.query<DayFigures>(DAYS, [from, to, most.environment, most.leftOut, ids]);
  return rows;
}

/** Users of the weeks that lie in the range as a whole. */
export async function readMostWeeks(
  client: pg.ClientBase,
  from: Day,
  to: Day,
  { ids, most }: Most,
): Promise<Map<Day, number>> {
  const { rows } = await client.query<{ week: Day; users: number }>(WEEKS, [
    from,
    to,
    most.environment,
    most.leftOut,
    ids,
  ]);
  return new Map(rows.map(({ week, users }) => [week, users]));
}

/** Processing times and failures that are left out, by value and by type. */
export async function readLeftOut(
  client: pg.ClientBase,
  from: Day,
  to: Day,
  { leftOut }: MostOfEnvironment,
): Promise<{ processing: ValueCounts; failures: Map<string, number> }> {
  const processing = new ValueCounts();
  const failures = new Map<string, number>();
  for await (const { processingSeconds, failureTypes } of readMatchingDays(client, from, to, leftOut)) {
    for (const seconds of processingSeconds) processing.add(seconds);
    for (const type of failureTypes) failures.set(type, (failures.get(type) ?? 0) + 1);
  }
  return { processing, failures };
}

const SUMS = [
  'recordings',
  'widget_recordings',
  'main_window_recordings',
  'recorded_seconds',
  'transcriptions',
  'transcribed_seconds',
  'startups',
  'startup_seconds',
  'dictionary_uses',
  'retries',
  'cost_usd',
] as const satisfies (keyof DayFigures)[];
const COUNTS = ['users', 'failures', ...SUMS];

/** Of users with several rows on a day those go who have none that is kept. */
const DAYS = `
  with parts as (
    select day, ${COUNTS.join(', ')}
    from environment_days
    where day between $1::date and $2::date and environment = $3::text
    union all
    select day, - count(*) filter (where sole_of_day), - coalesce(sum(cardinality(failures)), 0),
      ${SUMS.map((column) => `- coalesce(sum(${column}), 0)`).join(', ')}
    from user_days
    where day between $1::date and $2::date and facet_id = any ($4::int[])
    group by day
    union all
    select day, - count(*), 0, ${SUMS.map(() => '0').join(', ')}
    from (
      select day, user_id
      from user_days
      where day between $1::date and $2::date and facet_id = any ($4::int[] || $5::int[]) and not sole_of_day
      group by day, user_id
      having not bool_or(facet_id = any ($5::int[]))
    ) left_out
    group by day
  )
  select day::text, ${COUNTS.map((column) => `sum(${column})::float8 as ${column}`).join(', ')}
  from parts
  group by day`;

/** The same of weeks: of one that is not mixed the first row counts. */
const WEEKS = `
  with parts as (
    select week, users
    from environment_weeks
    where week between $1::date and $2::date and environment = $3::text
    union all
    select date_trunc('week', day::timestamp)::date, - count(*)
    from user_days
    where day between $1::date and $2::date and facet_id = any ($4::int[]) and week_first
    group by date_trunc('week', day::timestamp)
    union all
    select week, - count(*)
    from (
      select date_trunc('week', day::timestamp)::date as week, user_id
      from user_days
      where day between $1::date and $2::date and facet_id = any ($4::int[] || $5::int[]) and week_mixed
      group by week, user_id
      having not bool_or(facet_id = any ($5::int[]))
    ) left_out
    group by week
  )
  select week::text, sum(users)::float8 as users
  from parts
  group by week`;
