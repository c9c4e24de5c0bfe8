/** Since when each user is known and on which days seen (tables `user_facets`, `user_environments`). */
import type pg from 'pg';

import type { UserDays } from './marks.ts';

/** Takes the user-days, as `user_days` holds them, out of what is known of each user and facet. */
export async function takeOutOfFacets(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  await client.query(TAKE_OUT, [userIds, days]);
}

/**
 * Adds the user-days as `user_days` holds them by now, and brings `user_environments` up to date. Users without
 * any record are forgotten; of all others the first moment stays known.
 */
export async function addToFacets(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  await client.query(ADD, [userIds, days]);
  const users = [[...new Set(userIds)]];
  await client.query(FORGET, users);
  await client.query(ENVIRONMENTS, users);
}

/** The user-days of $1 and $2 by user and facet. */
const BY_FACET = `
  select user_id, facet_id, min(first_at) as first_at, min(day) as first_day,
    coalesce(sum(cost_usd), 0) as cost_usd, range_agg(daterange(day, day + 1)) as days
  from user_days
  join unnest($1::uuid[], $2::date[]) as taken (user_id, day) using (user_id, day)
  group by user_id, facet_id`;

const TAKE_OUT = `
  update user_facets
  set cost_usd = user_facets.cost_usd - old.cost_usd, days = user_facets.days - old.days
  from (${BY_FACET}) old
  where user_facets.user_id = old.user_id and user_facets.facet_id = old.facet_id`;

const ADD = `
  insert into user_facets (user_id, facet_id, first_at, first_day, cost_usd, days)
  select user_id, facet_id, first_at, first_day, cost_usd, days from (${BY_FACET}) new
  on conflict (user_id, facet_id) do update
  set first_at = least(user_facets.first_at, excluded.first_at),
    first_day = least(user_facets.first_day, excluded.first_day),
    cost_usd = user_facets.cost_usd + excluded.cost_usd,
    days = user_facets.days + excluded.days`;

const FORGET = `
  with gone as (
    select user_id from unnest($1::uuid[]) as users (user_id)
    where not exists (select from events where events.user_id = users.user_id)
      and not exists (select from crashes where crashes.user_id = users.user_id)
  ),
  without_environments as (
    delete from user_environments using gone where user_environments.user_id = gone.user_id
  )
  delete from user_facets using gone where user_facets.user_id = gone.user_id`;

const ENVIRONMENTS = `
  with mine as (
    select user_facets.*, facets.environment,
      min(first_day) over (partition by user_id, environment) as first_day_of_all
    from user_facets
    join facets using (facet_id)
    where user_id = any ($1::uuid[])
  )
  insert into user_environments
    (user_id, environment, first_at, first_day, retained_7d, retained_30d, cost_usd)
  select user_id, environment, min(first_at), min(first_day),
    bool_or(days && daterange(first_day_of_all + 7, first_day_of_all + 14)),
    bool_or(days && daterange(first_day_of_all + 30, first_day_of_all + 60)),
    sum(cost_usd)
  from mine
  group by user_id, environment
  on conflict (user_id, environment) do update
  set first_at = excluded.first_at,
    first_day = excluded.first_day,
    retained_7d = excluded.retained_7d,
    retained_30d = excluded.retained_30d,
    cost_usd = excluded.cost_usd`;
