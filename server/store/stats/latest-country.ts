/** The country of a user's latest event, where the rollups cannot tell it: the events themselves do. */
import type pg from 'pg';

import { type StatsQuery, addDays } from './query.ts';
import { startOf } from './raw-rows.ts';

/** How many of the users had their latest event in range that has a country in which one. */
export async function latestCountries(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: readonly number[],
  userIds: readonly string[],
): Promise<Map<string, number>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await client.query<{ country: string; users: number }>(LATEST, [
    userIds,
    facetIds,
    startOf(from),
    startOf(addDays(to, 1)),
  ]);
  return new Map(rows.map(({ country, users }) => [country, users]));
}

const LATEST = `
  select country, count(*)::int as users
  from user_histories asked
  cross join lateral (
    select e.country
    from events e
    join facets on facets.app_version = e.app_version and facets.platform = e.platform
      and facets.country = e.country and facets.environment = e.environment
    where e.user_id = asked.user_id and e.timestamp >= $3::timestamptz and e.timestamp < $4::timestamptz
      and facets.facet_id = any ($2::int[])
    order by e.timestamp desc, e.event_id desc
    limit 1
  ) latest
  where asked.user_id = any ($1::uuid[])
  group by country`;
