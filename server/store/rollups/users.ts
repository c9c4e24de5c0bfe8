/** Since when each user is known, and on which days seen with what (`user_facets`, `user_environments`). */
import type pg from 'pg';

import { changeCohorts, earlierThanKnown, readCohorts } from './cohorts.ts';
import type { UserDays } from './marks.ts';

/** Takes the user-days, as `user_days` holds them, out of what is known of each user and facet. */
export async function takeOutOfFacets(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  await client.query(TAKE_OUT, [userIds, days]);
}

/** A facet that a user has had, on the day on which the user was first seen with it. */
export interface KnownFacet {
  user_id: string;
  facet_id: number;
  day: string;
  /** Microseconds of the day. */
  time: number;
}

/** Adds the user-days as `user_days` holds them by now. Returns since when their users are known with their facets. */
export async function addToFacets(client: pg.ClientBase, { userIds, days }: UserDays): Promise<KnownFacet[]> {
  return (await client.query<KnownFacet>(ADD, [userIds, days])).rows;
}

/** Since when users are known with all of their facets. */
export async function readFacets(client: pg.ClientBase, userIds: readonly string[]): Promise<KnownFacet[]> {
  return (
    await client.query<KnownFacet>(`select ${KNOWN} from user_facets where user_id = any ($1::uuid[])`, [
      userIds,
    ])
  ).rows;
}

/**
 * Brings `user_environments` up to date with `user_facets` and the narrow copies of `facts.ts`. Users without any
 * record are forgotten; of all others the first moment stays known.
 */
export async function recomputeUsers(client: pg.ClientBase, taken: UserDays): Promise<void> {
  const users = [...new Set(taken.userIds)];
  const gone = await withoutRecords(client, users);
  const changing = { ...taken, whole: [...gone, ...(await earlierThanKnown(client, taken))] };
  const before = await readCohorts(client, changing);
  if (gone.length > 0) await forgetUsers(client, gone);
  await client.query(ENVIRONMENTS, [users]);
  await changeCohorts(client, before, await readCohorts(client, changing));
}

async function withoutRecords(client: pg.ClientBase, users: readonly string[]): Promise<string[]> {
  // Nearly all have events among those just read.
  const active = await client.query<{ user_id: string }>('select distinct user_id from taken_events');
  const known = new Set(active.rows.map((row) => row.user_id));
  const others = users.filter((user) => !known.has(user));
  if (others.length === 0) return [];
  const { rows } = await client.query<{ user_id: string }>(WITHOUT_RECORDS, [others]);
  return rows.map((row) => row.user_id);
}

async function forgetUsers(client: pg.ClientBase, userIds: readonly string[]): Promise<void> {
  for (const table of ['user_environments', 'user_facets', 'user_histories']) {
    await client.query(`delete from ${table} where user_id = any ($1::uuid[])`, [userIds]);
  }
}

const KNOWN = `user_facets.user_id, user_facets.facet_id, user_facets.first_day::text as day,
    date_part('epoch', user_facets.first_at - user_facets.first_day::timestamp at time zone 'UTC') * 1e6 as time`;

const SETS = ['days', 'dictionary_days', 'retry_days', 'widget_days'];

/** The user-days of $1 and $2 by user and facet. */
const BY_FACET = `
  select user_id, facet_id, min(first_at) as first_at, min(day) as first_day,
    coalesce(sum(cost_usd), 0) as cost_usd,
    range_agg(daterange(day, day + 1)) as days,
    coalesce(range_agg(daterange(day, day + 1)) filter (where dictionary_events > 0), '{}') as dictionary_days,
    coalesce(range_agg(daterange(day, day + 1)) filter (where retries > 0), '{}') as retry_days,
    coalesce(range_agg(daterange(day, day + 1)) filter (where widget), '{}') as widget_days
  from user_days
  join unnest($1::uuid[], $2::date[]) as taken (user_id, day) using (user_id, day)
  group by user_id, facet_id`;

const TAKE_OUT = `
  update user_facets
  set cost_usd = user_facets.cost_usd - old.cost_usd,
    ${SETS.map((set) => `${set} = user_facets.${set} - old.${set}`).join(', ')}
  from (${BY_FACET}) old
  where user_facets.user_id = old.user_id and user_facets.facet_id = old.facet_id`;

const ADD = `
  insert into user_facets (user_id, facet_id, first_at, first_day, cost_usd, ${SETS.join(', ')})
  select user_id, facet_id, first_at, first_day, cost_usd, ${SETS.join(', ')} from (${BY_FACET}) new
  on conflict (user_id, facet_id) do update
  set first_at = least(user_facets.first_at, excluded.first_at),
    first_day = least(user_facets.first_day, excluded.first_day),
    cost_usd = user_facets.cost_usd + excluded.cost_usd,
    ${SETS.map((set) => `${set} = user_facets.${set} + excluded.${set}`).join(', ')}
  returning ${KNOWN}`;

const WITHOUT_RECORDS = `
  select user_id
  from user_environments
  where user_id = any ($1::uuid[])
    and not exists (select from events where events.user_id = user_environments.user_id)
    and not exists (select from crashes where crashes.user_id = user_environments.user_id)`;

/** A toggle holds from its day on, up to the day of the next one: of several on a day the last. */
const ENVIRONMENTS = `
  with spells as (
    select user_id, environment, enabled,
      daterange(day, lead(day) over (partition by user_id, environment order by toggled_at, event_id)) as days
    from auto_paste_toggles
    join facets using (facet_id)
    where user_id = any ($1::uuid[])
  ),
  auto_paste as (
    select user_id, environment, range_agg(days) as days from spells where enabled group by user_id, environment
  ),
  crashed as (
    select user_id, environment, min(crashed_at) as first_crash_at
    from uncaught_crashes
    join facets using (facet_id)
    where user_id = any ($1::uuid[])
    group by user_id, environment
  ),
  users as (
    select user_id, environment, min(first_at) as first_at, min(first_day) as first_day,
      case when min(country) = max(country) then min(country) end as country,
      sum(cost_usd) as cost_usd,
      ${SETS.map((set) => `range_agg(${set}) as ${set}`).join(', ')}
    from user_facets
    join facets using (facet_id)
    where user_id = any ($1::uuid[])
    group by user_id, environment
  )
  insert into user_environments
    (user_id, environment, first_at, first_day, latest_day, retained_7d, retained_30d, country, cost_usd,
     ${SETS.join(', ')}, auto_paste_days, first_crash_at)
  select user_id, environment, first_at, first_day, upper(users.days) - 1,
    users.days && daterange(first_day + 7, first_day + 14),
    users.days && daterange(first_day + 30, first_day + 60),
    country, cost_usd, users.${SETS.join(', users.')}, coalesce(auto_paste.days, '{}'), first_crash_at
  from users
  left join auto_paste using (user_id, environment)
  left join crashed using (user_id, environment)
  on conflict (user_id, environment) do update
  set first_at = excluded.first_at,
    first_day = excluded.first_day,
    latest_day = excluded.latest_day,
    retained_7d = excluded.retained_7d,
    retained_30d = excluded.retained_30d,
    country = excluded.country,
    cost_usd = excluded.cost_usd,
    first_crash_at = excluded.first_crash_at,
    ${[...SETS, 'auto_paste_days'].map((set) => `${set} = excluded.${set}`).join(', ')}`;
