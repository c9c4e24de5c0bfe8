/**
 * Totals by day and facet (`facet_days`), and users by environment (`environment_days`, `environment_weeks`). What
 * user-days contribute is taken off before they change, and added when they have: exact decimals and counts, so that
 * nothing is left of what was taken off.
 */
import type pg from 'pg';

import { TAKEN_WEEKS, type UserDays } from './marks.ts';

/** Adds (`sign` 1) or takes off (-1) what these user-days contribute, as `user_days` and `session_days` hold them. */
export async function addToTotals(
  client: pg.ClientBase,
  { userIds, days }: UserDays,
  sign: 1 | -1,
): Promise<void> {
  for (const statement of [FACET_DAYS, USERS]) await client.query(statement, [userIds, days, sign]);
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

const TAKEN = 'unnest($1::uuid[], $2::date[]) as taken (user_id, day)';

const OF_USER_DAYS = [
  'recordings',
  'widget_recordings',
  'main_window_recordings',
  'transcriptions',
  'failures',
  'startups',
  'retries',
  'recorded_seconds',
  'transcribed_seconds',
  'startup_seconds',
  'dictionary_uses',
  'cost_usd',
];
const SUMS = [...OF_USER_DAYS, 'sessions', 'session_seconds'];

/** `null::numeric`, as what a session adds is none of the others. */
const FACET_DAYS = `
  with contributions as (
    select day, facet_id, ${OF_USER_DAYS.map((column) => `${column}::numeric`).join(', ')},
      null::numeric as sessions, null::numeric as session_seconds
    from user_days join ${TAKEN} using (user_id, day)
    union all
    select day, facet_id, ${OF_USER_DAYS.map(() => 'null::numeric').join(', ')}, 1, extract(epoch from last_at - first_at)
    from session_days join ${TAKEN} using (user_id, day)
  )
  insert into facet_days (day, facet_id, ${SUMS.join(', ')})
  select day, facet_id, ${SUMS.map((column) => `$3::int * coalesce(sum(${column}), 0)`).join(', ')}
  from contributions
  group by day, facet_id
  on conflict (day, facet_id) do update
  set ${SUMS.map((column) => `${column} = facet_days.${column} + excluded.${column}`).join(', ')}`;

const USERS = `
  insert into environment_days (environment, day, users)
  select environment, day, $3::int * count(distinct user_id)
  from user_days
  join ${TAKEN} using (user_id, day)
  join facets using (facet_id)
  group by environment, day
  on conflict (environment, day) do update set users = environment_days.users + excluded.users`;

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
