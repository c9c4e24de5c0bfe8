/** Figures over all users so far: how many there are, how many are new, how many came back, what they cost. */
import type pg from 'pg';

import type { MatchingFacets } from './facets.ts';
import { firstCrash } from './first-crash.ts';
import { IS_TOUCHED, matchingUsers, userParameters } from './matching-users.ts';
import type { StatsQuery } from './query.ts';

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
  total_cost_usd: number;
  median_seconds_to_first_crash: number | null;
}

export async function readSoFar(
  client: pg.ClientBase,
  { to }: StatsQuery,
  facets: MatchingFacets,
): Promise<SoFar> {
  const { rows } = await client.query<SoFar>(
    `with matching as (${matchingUsers(facets)})
     select *
     from (${upTo(facets)}) up_to, (${firstCrash(facets)}) first_crash`,
    userParameters(to, facets),
  );
  return rows[0]!;
}

/** All in one row but for the first crash. */
function upTo(facets: MatchingFacets): string {
  return `
  select
    coalesce(sum(users) filter (where first_day <= $1::date), 0)::int as total_users,
    coalesce(sum(users) filter (where first_day <= $1::date - 7), 0)::int as total_users_week_ago,
    coalesce(sum(users) filter (where first_day between $1::date - 6 and $1::date), 0)::int as new_users_7d,
    coalesce(sum(users) filter (where first_day between $1::date - 29 and $1::date), 0)::int as new_users_30d,
    coalesce(sum(users) filter (where first_day <= $1::date - 13), 0)::int as eligible_7d,
    coalesce(sum(retained_7d) filter (where first_day <= $1::date - 13), 0)::int as retained_7d,
    coalesce(sum(users) filter (where first_day <= $1::date - 59), 0)::int as eligible_30d,
    coalesce(sum(retained_30d) filter (where first_day <= $1::date - 59), 0)::int as retained_30d,
    (coalesce(sum(cost_usd), 0) - (${costAfter(facets)}))::float8 as total_cost_usd
  from (${newcomers(facets)}) newcomers`;
}

/** What days after the range cost. Taken off as exact decimals, so that nothing is left over. */
function costAfter({ environment }: MatchingFacets): string {
  return environment !== null
    ? 'select coalesce(sum(cost_usd), 0) from environment_days where day > $1::date and environment = $3::text'
    : 'select coalesce(sum(cost_usd), 0) from user_days where day > $1::date and facet_id = any ($2::int[])';
}

/** Users that match the filters, each with `user_id` and `first_day`. Reads `matching`. */
export function firsts({ environment, most }: MatchingFacets): string {
  const ofEnvironment = 'select user_id, first_day from user_environments where environment = $3::text';
  const ofMatching = 'select user_id, first_day from matching';
  if (environment !== null) return ofEnvironment;
  return most === null ? ofMatching : `${ofEnvironment} and not (${IS_TOUCHED}) union all ${ofMatching}`;
}

/**
 * How many `users` came on each `first_day`, how many of them came back later (`retained_7d`, `retained_30d`), and what
 * they cost up to now (`cost_usd`). A day may have several rows, to be added up, some of them negative. Reads `matching`.
 */
export function newcomers({ environment, most }: MatchingFacets): string {
  if (environment !== null) return OF_ENVIRONMENT;
  return most === null ? OF_MATCHING : `${OF_ENVIRONMENT} union all ${LESS_TOUCHED} union all ${OF_MATCHING}`;
}

const OF_ENVIRONMENT = `
  select first_day, users, retained_7d, retained_30d, cost_usd
  from environment_newcomers
  where environment = $3::text`;

const LESS_TOUCHED = `
  select first_day, - count(*), - count(*) filter (where retained_7d), - count(*) filter (where retained_30d),
    - sum(cost_usd)
  from user_environments
  where environment = $3::text and ${IS_TOUCHED}
  group by first_day`;

const OF_MATCHING = `
  select first_day, count(*) as users,
    count(*) filter (where retained_7d) as retained_7d,
    count(*) filter (where retained_30d) as retained_30d,
    sum(cost_usd) as cost_usd
  from matching
  group by first_day`;
