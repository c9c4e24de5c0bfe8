/**
 * Totals by environment (`environment_…`) and by facet (`facet_…`). What user-days contribute is taken off before they
 * change, and added when they have: exact decimals and counts, so that nothing is left of what was taken off. Both times
 * `user_facets` has to be in line with `user_days`.
 */
import type pg from 'pg';

import { TAKEN_WEEKS, type UserDays } from './marks.ts';
import { PROCESSING_BUCKETS } from './processing-buckets.ts';

/** Adds (`sign` 1) or takes off (-1) what these user-days contribute, as `user_days` holds them. */
export async function addToTotals(
  client: pg.ClientBase,
  { userIds, days }: UserDays,
  sign: 1 | -1,
): Promise<void> {
  for (const statement of [DAYS, WEEKS, FAILURES, FACET_DAYS, FACET_WEEKS]) {
    await client.query(statement, [userIds, days, sign]);
  }
  await client.query(PROCESSING, [userIds, days, sign, PROCESSING_BUCKETS]);
}

const TAKEN_ROWS = `
  user_days
  join unnest($1::uuid[], $2::date[]) as taken (user_id, day) using (user_id, day)`;
const ROWS = `${TAKEN_ROWS} join facets using (facet_id)`;

const SUMS = [
  'recordings',
  'widget_recordings',
  'main_window_recordings',
  'transcriptions',
  'startups',
  'retries',
  'recorded_seconds',
  'transcribed_seconds',
  'startup_seconds',
  'dictionary_uses',
  'cost_usd',
];
const SUM_VALUES = [
  '$3::int * coalesce(sum(cardinality(failures)), 0)',
  ...SUMS.map((column) => `$3::int * coalesce(sum(${column}), 0)`),
].join(', ');

const added = (table: string, columns: readonly string[]): string =>
  columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`).join(', ');

const DAYS = `
  insert into environment_days (environment, day, users, failures, ${SUMS.join(', ')})
  select environment, day, $3::int * count(distinct user_id), ${SUM_VALUES}
  from ${ROWS}
  group by environment, day
  on conflict (environment, day) do update
  set ${added('environment_days', ['users', 'failures', ...SUMS])}`;

const FACET_SUMS = ['user_days', 'failures', ...SUMS];
const FACET_VALUES = `$3::int * count(*), ${SUM_VALUES}`;

const FACET_DAYS = `
  insert into facet_days (day, facet_id, ${FACET_SUMS.join(', ')})
  select day, facet_id, ${FACET_VALUES}
  from ${TAKEN_ROWS}
  group by day, facet_id
  on conflict (day, facet_id) do update
  set ${added('facet_days', FACET_SUMS)}`;

const FACET_WEEKS = `
  insert into facet_weeks (week, facet_id, ${FACET_SUMS.join(', ')})
  select date_trunc('week', day::timestamp)::date as week, facet_id, ${FACET_VALUES}
  from ${TAKEN_ROWS}
  group by week, facet_id
  on conflict (week, facet_id) do update
  set ${added('facet_weeks', FACET_SUMS)}`;

/**
 * Users of whole weeks: other days of the week count too, so a week is taken off and added as it is. A user has few
 * facets, each with all its days.
 */
const WEEKS = `
  with ${TAKEN_WEEKS}
  insert into environment_weeks (environment, week, users)
  select environment, monday, $3::int * count(distinct weeks.user_id)
  from weeks
  join user_facets on user_facets.user_id = weeks.user_id and user_facets.days && daterange(monday, monday + 7)
  join facets using (facet_id)
  group by environment, monday
  on conflict (environment, week) do update set users = environment_weeks.users + excluded.users`;

const FAILURES = `
  insert into environment_failures (environment, day, error_type, failures)
  select environment, day, error_type, $3::int * count(*)
  from ${ROWS}, unnest(failures) as error_type
  group by environment, day, error_type
  on conflict (environment, day, error_type) do update
  set failures = environment_failures.failures + excluded.failures`;

/** Merges values and their counts; values that none is left of disappear. */
const PROCESSING = `
  with counted as (
    select environment, day, width_bucket(seconds, $4::float8[]) as bucket, seconds, count(*) as n
    from ${ROWS}, unnest(processing_seconds) as seconds
    group by environment, day, bucket, seconds
  )
  insert into environment_processing as kept (environment, day, bucket, events, total_seconds, seconds, counts)
  select environment, day, bucket, sum(n), sum(n * seconds), array_agg(seconds), array_agg($3::int * n)
  from counted
  group by environment, day, bucket
  on conflict (environment, day, bucket) do update
  set (events, total_seconds, seconds, counts) = (
    select coalesce(sum(n), 0), coalesce(sum(n * value), 0), coalesce(array_agg(value), '{}'), coalesce(array_agg(n), '{}')
    from (
      select value, sum(n)::bigint as n
      from (
        select * from unnest(kept.seconds, kept.counts)
        union all
        select * from unnest(excluded.seconds, excluded.counts)
      ) merged (value, n)
      group by value
      having sum(n) <> 0
    ) summed
  )`;

/** Removes sums of which nothing is left on these days. */
export async function removeEmptyTotals(client: pg.ClientBase, { days }: UserDays): Promise<void> {
  const changed = [...new Set(days)];
  for (const statement of EMPTY) await client.query(statement, [changed]);
}

const EMPTY = [
  'delete from facet_days where day = any ($1::date[]) and user_days = 0 and sessions = 0',
  `delete from facet_weeks
   where week = any (array(select date_trunc('week', day::timestamp)::date from unnest($1::date[]) as changed (day)))
     and user_days = 0 and sessions = 0`,
];
