/** Since when each user is known and on which days seen (tables `user_facets`, `user_environments`). */
import type pg from 'pg';

/** Brings the rows of these users up to date with `user_days`. Users without any record are forgotten. */
export async function recomputeUsers(client: pg.ClientBase, userIds: readonly string[]): Promise<void> {
  const users = [[...new Set(userIds)]];
  for (const statement of [FORGET, EMPTY, FACETS, ENVIRONMENTS]) await client.query(statement, users);
}

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

/** Facets that the user had once, all of whose days are gone by now: the first moment stays known. */
const EMPTY = `
  update user_facets set cost_usd = 0, days = '{}'
  where user_id = any ($1::uuid[]) and days <> '{}'
    and not exists (
      select from user_days
      where user_days.user_id = user_facets.user_id and user_days.facet_id = user_facets.facet_id
    )`;

const FACETS = `
  insert into user_facets (user_id, facet_id, first_at, first_day, cost_usd, days)
  select user_id, facet_id, min(first_at), min(day), coalesce(sum(cost_usd), 0), range_agg(daterange(day, day + 1))
  from user_days
  where user_id = any ($1::uuid[])
  group by user_id, facet_id
  on conflict (user_id, facet_id) do update
  set first_at = least(user_facets.first_at, excluded.first_at),
    first_day = least(user_facets.first_day, excluded.first_day),
    cost_usd = excluded.cost_usd,
    days = excluded.days`;

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
