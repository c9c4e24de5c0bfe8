/** Figures over all users of an environment so far: how many there are, are new, and came back. */
import type pg from 'pg';

import type { Day } from './query.ts';

export interface SoFar {
  total_users: number;
  total_users_week_ago: number;
  new_users_7d: number;
  new_users_30d: number;
  /** Users known long enough to tell whether they came back, and those who did. */
  eligible_7d: number;
  retained_7d: number;
  eligible_30d: number;
  retained_30d: number;
  median_seconds_to_first_crash: number | null;
}

export async function readSoFar(client: pg.ClientBase, to: Day, environment: string): Promise<SoFar> {
  const { rows } = await client.query<SoFar>(SO_FAR, [to, environment]);
  return rows[0]!;
}

const UP_TO = `
  select
    coalesce(sum(users) filter (where first_day <= $1::date), 0)::int as total_users,
    coalesce(sum(users) filter (where first_day <= $1::date - 7), 0)::int as total_users_week_ago,
    coalesce(sum(users) filter (where first_day between $1::date - 6 and $1::date), 0)::int as new_users_7d,
    coalesce(sum(users) filter (where first_day between $1::date - 29 and $1::date), 0)::int as new_users_30d,
    coalesce(sum(users) filter (where first_day <= $1::date - 13), 0)::int as eligible_7d,
    coalesce(sum(retained_7d) filter (where first_day <= $1::date - 13), 0)::int as retained_7d,
    coalesce(sum(users) filter (where first_day <= $1::date - 59), 0)::int as eligible_30d,
    coalesce(sum(retained_30d) filter (where first_day <= $1::date - 59), 0)::int as retained_30d
  from environment_newcomers
  where environment = $2::text`;

const FIRST_CRASH = `
  select percentile_cont(0.5) within group (order by extract(epoch from first_crash_at - first_at)::float8)
    as median_seconds_to_first_crash
  from user_environments
  where environment = $2::text and first_crash_at < ($1::date + 1)::timestamp at time zone 'UTC'
    and first_day <= $1::date and first_crash_at >= first_at`;

const SO_FAR = `select * from (${UP_TO}) up_to, (${FIRST_CRASH}) first_crash`;
