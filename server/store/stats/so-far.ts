/** Figures over all users so far: how many there are, how many are new, how many came back, what they cost. */
import type pg from 'pg';

import type { MatchingFacets } from './facets.ts';
import type { Day, StatsQuery } from './query.ts';

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
}

export async function readSoFar(
  client: pg.ClientBase,
  { to }: StatsQuery,
  facets: MatchingFacets,
): Promise<SoFar> {
  const { source, values } = newcomersSource(facets, 2);
  const { rows } = await client.query<Omit<SoFar, 'total_cost_usd'>>(
    `select
       coalesce(sum(users) filter (where first_day <= $1::date), 0)::int as total_users,
       coalesce(sum(users) filter (where first_day <= $1::date - 7), 0)::int as total_users_week_ago,
       coalesce(sum(users) filter (where first_day between $1::date - 6 and $1::date), 0)::int as new_users_7d,
       coalesce(sum(users) filter (where first_day between $1::date - 29 and $1::date), 0)::int as new_users_30d,
       coalesce(sum(users) filter (where first_day <= $1::date - 13), 0)::int as eligible_7d,
       coalesce(sum(retained_7d) filter (where first_day <= $1::date - 13), 0)::int as retained_7d,
       coalesce(sum(users) filter (where first_day <= $1::date - 59), 0)::int as eligible_30d,
       coalesce(sum(retained_30d) filter (where first_day <= $1::date - 59), 0)::int as retained_30d
     from (${source}) newcomers`,
    [to, ...values],
  );
  return { ...rows[0]!, total_cost_usd: await readCost(client, to, facets) };
}

/** What all days cost, less those after `to`: exact decimals, so that nothing is left over. */
async function readCost(
  client: pg.ClientBase,
  to: Day,
  { ids, environment }: MatchingFacets,
): Promise<number> {
  const { rows } = await client.query<{ cost_usd: number }>(
    environment === null
      ? `select (
           (select coalesce(sum(cost_usd), 0) from user_facets where facet_id = any ($2::int[]))
           - (select coalesce(sum(cost_usd), 0) from user_days where day > $1::date and facet_id = any ($2::int[]))
         )::float8 as cost_usd`
      : `select (
           (select coalesce(sum(cost_usd), 0) from environment_newcomers where environment = $2::text)
           - (select coalesce(sum(cost_usd), 0) from environment_days where day > $1::date and environment = $2::text)
         )::float8 as cost_usd`,
    [to, environment ?? ids],
  );
  return rows[0]!.cost_usd;
}

export interface Source {
  /** A select, with parameters from the given number on. */
  source: string;
  values: unknown[];
}

/** Users that match the filters, each with `user_id` and `first_day`. */
export function firstsSource({ ids, environment }: MatchingFacets, parameter: number): Source {
  return environment === null
    ? {
        source: `
      select user_id, min(first_day) as first_day
      from user_facets
      where facet_id = any ($${parameter}::int[])
      group by user_id`,
        values: [ids],
      }
    : {
        source: `select user_id, first_day from user_environments where environment = $${parameter}::text`,
        values: [environment],
      };
}

/** How many `users` came on each `first_day`, and how many of them came back later: `retained_7d`, `retained_30d`. */
export function newcomersSource({ ids, environment }: MatchingFacets, parameter: number): Source {
  return environment === null
    ? {
        source: `
      select first_day, count(*) as users,
        count(*) filter (where days && daterange(first_day + 7, first_day + 14)) as retained_7d,
        count(*) filter (where days && daterange(first_day + 30, first_day + 60)) as retained_30d
      from (
        select user_id, min(first_day) as first_day, range_agg(days) as days
        from user_facets
        where facet_id = any ($${parameter}::int[])
        group by user_id
      ) matching
      group by first_day`,
        values: [ids],
      }
    : {
        source: `
      select first_day, users, retained_7d, retained_30d
      from environment_newcomers
      where environment = $${parameter}::text`,
        values: [environment],
      };
}
