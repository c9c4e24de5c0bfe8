/**
 * Totals by environment (`environment_…`). What user-days contribute is taken off before they change, and added
 * when they have: exact decimals and counts, so that nothing is left of what was taken off.
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
  for (const statement of [DAYS, FAILURES]) await client.query(statement, [userIds, days, sign]);
  await client.query(PROCESSING, [userIds, days, sign, PROCESSING_BUCKETS]);
}

/**
 * The same of users of whole weeks. Other days of the week count too, so a week is taken off and added as it is, also for a
 * day that the user was not there before. `user_facets` has to be in line with `user_days` both times.
 */
export async function addToWeeks(
  client: pg.ClientBase,
  { userIds, days }: UserDays,
  sign: 1 | -1,
): Promise<void> {
  await client.query(WEEKS, [userIds, days, sign]);
}

const ROWS = `
  user_days
  join unnest($1::uuid[], $2::date[]) as taken (user_id, day) using (user_id, day)
  join facets using (facet_id)`;

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

const DAYS = `
  insert into environment_days (environment, day, users, failures, ${SUMS.join(', ')})
  select environment, day, $3::int * count(distinct user_id), $3::int * coalesce(sum(cardinality(failures)), 0),
    ${SUMS.map((column) => `$3::int * coalesce(sum(${column}), 0)`).join(', ')}
  from ${ROWS}
  group by environment, day
  on conflict (environment, day) do update
  set ${['users', 'failures', ...SUMS].map((column) => `${column} = environment_days.${column} + excluded.${column}`).join(', ')}`;

/** A user has few facets, each with all its days. */
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
