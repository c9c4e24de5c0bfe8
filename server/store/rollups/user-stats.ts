/** One row a day for people with SQL tools (table `user_stats`), of the environment production. */
import type pg from 'pg';

import { inTransaction } from '../pool.ts';
import { lockRollups } from './marks.ts';

/**
 * Brings the rows of changed days up to date, adds the days that have begun since, and then corrects
 * `total_users` of every later day. Days older than `retentionDays` stay as they are: their records are
 * gone, and nothing new is accepted for them.
 */
export function refreshUserStats(pool: pg.Pool, retentionDays: number): Promise<void> {
  return inTransaction(pool, async (client) => {
    await lockRollups(client);
    const { rows } = await client.query<{ day: string; kept: boolean }>(TAKE_DAYS, [retentionDays]);
    const begun = await client.query<{ begun: boolean }>(DAY_BEGUN);
    if (rows.length === 0 && !begun.rows[0]!.begun) return;
    const changed = rows.filter(({ kept }) => kept).map(({ day }) => day);
    await client.query(UPSERT_DAYS, [changed]);
    await client.query(TOTAL_USERS, [retentionDays]);
  });
}

const TAKE_DAYS = `
  with taken as (delete from dirty_days returning day)
  select distinct day::text, day >= (now() at time zone 'UTC')::date - $1::int as kept from taken`;

/** Whether there are rows, but none for today yet. */
const DAY_BEGUN = `
  select coalesce(max(date) < (now() at time zone 'UTC')::date, false) as begun from user_stats`;

/** The given days, and every one from the first day known to today that has no row yet. */
const UPSERT_DAYS = `
  with bounds as (
    select least(
        (select min(date) from user_stats),
        (select min(day) from unnest($1::date[]) as changed (day))
      ) as first_day,
      greatest(
        (now() at time zone 'UTC')::date,
        (select max(day) from unnest($1::date[]) as changed (day))
      ) as last_day
  ),
  wanted as (
    select day from unnest($1::date[]) as changed (day)
    union
    select series::date
    from bounds, generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') as series
    where not exists (select from user_stats where date = series::date)
  ),
  usage as (
    select day, sum(recordings) as recordings, sum(recorded_seconds) as recorded_seconds, sum(cost_usd) as cost_usd
    from facet_days
    join facets using (facet_id)
    where environment = 'production' and day in (select day from wanted)
    group by day
  ),
  active as (
    select day, users as active_users
    from environment_days
    where environment = 'production' and day in (select day from wanted)
  ),
  crashes_of_day as (
    select day, count(*) as crashes
    from uncaught_crashes
    join facets using (facet_id)
    where environment = 'production' and day in (select day from wanted)
    group by day
  ),
  newcomers as (
    select first_day as day, users as new_users
    from environment_newcomers
    where environment = 'production' and first_day in (select day from wanted)
  )
  insert into user_stats
    (date, total_users, active_users, new_users, total_recordings, total_minutes, total_cost_usd, crash_count, crash_rate)
  select day, 0, coalesce(active_users, 0), coalesce(new_users, 0), coalesce(recordings, 0),
    coalesce(recorded_seconds, 0) / 60, coalesce(cost_usd, 0), coalesce(crashes, 0),
    coalesce(crashes, 0)::float8 / nullif(active_users, 0)
  from wanted
  left join usage using (day)
  left join active using (day)
  left join crashes_of_day using (day)
  left join newcomers using (day)
  on conflict (date) do update
  set active_users = excluded.active_users,
    new_users = excluded.new_users,
    total_recordings = excluded.total_recordings,
    total_minutes = excluded.total_minutes,
    total_cost_usd = excluded.total_cost_usd,
    crash_count = excluded.crash_count,
    crash_rate = excluded.crash_rate`;

/** A user who turns out to have come earlier counts on every day since. */
const TOTAL_USERS = `
  with known as (
    select first_day, users from environment_newcomers where environment = 'production'
  ),
  totals as (
    select date, coalesce(sum(known.users), 0) as total_users
    from user_stats
    left join known on known.first_day <= user_stats.date
    where date >= (now() at time zone 'UTC')::date - $1::int
    group by date
  )
  update user_stats set total_users = totals.total_users
  from totals
  where user_stats.date = totals.date and user_stats.total_users <> totals.total_users`;
