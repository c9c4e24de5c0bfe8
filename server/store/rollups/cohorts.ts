/**
 * Users of each environment by their first day (`environment_newcomers`), and by its week and the weeks in which they
 * were active (`environment_cohorts`), brought in line with what `user_environments` says of some users.
 */
import type pg from 'pg';

import { CountChanges, type Counted } from './counted.ts';
import type { UserDays } from './marks.ts';

/** What some users are counted in. */
export interface Cohorts {
  /** By environment and first day: users, and how many of them came back after 7 and 30 days. */
  newcomers: Counted[];
  /** By environment, week of the first day, and week: users who were active. */
  active: Counted[];
}

export const NO_COHORTS: Cohorts = { newcomers: [], active: [] };

/** What is read of users: the weeks of these days, and all weeks of users of whom more may change. */
export interface CohortsOf extends UserDays {
  whole: readonly string[];
}

export async function readCohorts(
  client: pg.ClientBase,
  { userIds, days, whole }: CohortsOf,
): Promise<Cohorts> {
  const newcomers = await client.query<Counted>(NEWCOMERS, [[...userIds, ...whole]]);
  const active = await client.query<Counted>(ACTIVE, [userIds, days, whole]);
  if (whole.length === 0) return { newcomers: newcomers.rows, active: active.rows };
  const atAll = await client.query<Counted>(ACTIVE_AT_ALL, [whole]);
  return { newcomers: newcomers.rows, active: [...active.rows, ...atAll.rows] };
}

/** Users who were there before their first day, as it is known: all of their weeks are of another cohort from then on. */
export async function earlierThanKnown(
  client: pg.ClientBase,
  { userIds, days }: UserDays,
): Promise<string[]> {
  const { rows } = await client.query<{ user_id: string }>(EARLIER, [userIds, days]);
  return rows.map((row) => row.user_id);
}

/** Takes `before` off and adds `after`. Of most users nothing has changed but a week more. */
export async function changeCohorts(client: pg.ClientBase, before: Cohorts, after: Cohorts): Promise<void> {
  const [newcomers, active] = [new CountChanges(), new CountChanges()];
  for (const [cohorts, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    for (const row of cohorts.newcomers) newcomers.count(row, sign);
    for (const row of cohorts.active) active.count(row, sign);
  }
  await newcomers.apply(client, ADD_NEWCOMERS);
  await active.apply(client, ADD_ACTIVE);
}

const NEWCOMERS = `
  select array[environment, first_day::text] as key,
    array[count(*), count(*) filter (where retained_7d), count(*) filter (where retained_30d)]::int[] as counts
  from user_environments
  where user_id = any ($1::uuid[])
  group by environment, first_day`;

const ADD_NEWCOMERS = `
  insert into environment_newcomers (environment, first_day, users, retained_7d, retained_30d)
  select * from unnest($1::text[], $2::date[], $3::int[], $4::int[], $5::int[])
  on conflict (environment, first_day) do update
  set users = environment_newcomers.users + excluded.users,
    retained_7d = environment_newcomers.retained_7d + excluded.retained_7d,
    retained_30d = environment_newcomers.retained_30d + excluded.retained_30d`;

const ACTIVE = `
  select array[environment, date_trunc('week', first_day::timestamp)::date::text, monday::text] as key,
    array[count(*)]::int[] as counts
  from (
    select distinct user_id, date_trunc('week', day::timestamp)::date as monday
    from unnest($1::uuid[], $2::date[]) as taken (user_id, day)
    where user_id <> all ($3::uuid[])
  ) weeks
  join user_environments using (user_id)
  where days && daterange(monday, monday + 7)
  group by environment, date_trunc('week', first_day::timestamp), monday`;

/** The same of all weeks. A statement of its own: with both in one PostgreSQL would go through all users. */
const ACTIVE_AT_ALL = `
  select array[environment, cohort::text, week::text] as key, array[count(*)]::int[] as counts
  from (
    select distinct user_id, environment, date_trunc('week', first_day::timestamp)::date as cohort, monday::date as week
    from user_environments
    cross join unnest(days) as spell
    cross join generate_series(
      date_trunc('week', lower(spell)::timestamp), upper(spell)::timestamp - interval '1 day', interval '7 days'
    ) as monday
    where user_id = any ($1::uuid[])
  ) weeks
  group by environment, cohort, week`;

const EARLIER = `
  select distinct user_id
  from unnest($1::uuid[], $2::date[]) as taken (user_id, day)
  join user_environments using (user_id)
  where day < first_day`;

const ADD_ACTIVE = `
  insert into environment_cohorts (environment, cohort, week, users)
  select * from unnest($1::text[], $2::date[], $3::date[], $4::int[])
  on conflict (environment, cohort, week) do update set users = environment_cohorts.users + excluded.users`;
