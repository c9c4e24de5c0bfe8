/**
 * Totals by day and facet (`facet_days`), and users by day and environment (`environment_days`). What user-days
 * contribute is taken off before they change, and added when they have: exact decimals and counts, so that nothing is left
 * of what was taken off.
 */
import type pg from 'pg';

import type { UserDays } from './marks.ts';

/** Adds (`sign` 1) or takes off (-1) what these user-days contribute, as `user_days` and `session_days` hold them. */
export async function addToTotals(
  client: pg.ClientBase,
  { userIds, days }: UserDays,
  sign: 1 | -1,
): Promise<void> {
  for (const statement of [FACET_DAYS, USERS]) await client.query(statement, [userIds, days, sign]);
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
