/** Figures over all users so far: how many there are, how many are new, how many came back, what they cost. */
import type pg from 'pg';

import { type StatsQuery, soleEnvironment } from './query.ts';

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
  query: StatsQuery,
  facetIds: number[],
): Promise<SoFar> {
  const { source, values } = usersSource(query, facetIds, 2);
  const { rows } = await client.query<Omit<SoFar, 'total_cost_usd'> & { cost_usd: string }>(
    `select
       count(*) filter (where first_day <= $1::date)::int as total_users,
       count(*) filter (where first_day <= $1::date - 7)::int as total_users_week_ago,
       count(*) filter (where first_day between $1::date - 6 and $1::date)::int as new_users_7d,
       count(*) filter (where first_day between $1::date - 29 and $1::date)::int as new_users_30d,
       count(*) filter (where first_day <= $1::date - 13)::int as eligible_7d,
       count(*) filter (where first_day <= $1::date - 13 and retained_7d)::int as retained_7d,
       count(*) filter (where first_day <= $1::date - 59)::int as eligible_30d,
       count(*) filter (where first_day <= $1::date - 59 and retained_30d)::int as retained_30d,
       coalesce(sum(cost_usd), 0) as cost_usd
     from (${source}) users`,
    [query.to, ...values],
  );
  const { cost_usd: cost, ...counts } = rows[0]!;
  const environment = soleEnvironment(query);
  const later = await client.query<{ total_cost_usd: number }>(
    environment === null ? COST_WITHOUT_LATER : ENVIRONMENT_COST_WITHOUT_LATER,
    [query.to, environment ?? facetIds, cost],
  );
  return { ...counts, total_cost_usd: later.rows[0]!.total_cost_usd };
}

const COST_WITHOUT_LATER = `
  select ($3::numeric - coalesce(sum(cost_usd), 0))::float8 as total_cost_usd
  from user_days
  where day > $1::date and facet_id = any ($2::int[])`;

const ENVIRONMENT_COST_WITHOUT_LATER = `
  select ($3::numeric - coalesce(sum(cost_usd), 0))::float8 as total_cost_usd
  from environment_days
  where day > $1::date and environment = $2::text`;

export interface Source {
  /** A select, with parameters from the given number on. */
  source: string;
  values: unknown[];
}

/** Users that match the filters, each with `user_id`, `first_at` and `first_day`. */
export function firstsSource(query: StatsQuery, facetIds: number[], firstParameter: number): Source {
  const environment = soleEnvironment(query);
  if (environment !== null) return environmentSource(environment, firstParameter);
  return {
    source: `
      select user_id, min(first_at) as first_at, min(first_day) as first_day
      from user_facets
      where facet_id = any ($${firstParameter}::int[])
      group by user_id`,
    values: [facetIds],
  };
}

/** The same with `retained_7d`, `retained_30d` and `cost_usd`. */
export function usersSource(query: StatsQuery, facetIds: number[], firstParameter: number): Source {
  const environment = soleEnvironment(query);
  if (environment !== null) return environmentSource(environment, firstParameter);
  return {
    source: `
      select user_id, first_at, first_day, cost_usd,
        days && daterange(first_day + 7, first_day + 14) as retained_7d,
        days && daterange(first_day + 30, first_day + 60) as retained_30d
      from (
        select user_id, min(first_at) as first_at, min(first_day) as first_day, sum(cost_usd) as cost_usd,
          range_agg(days) as days
        from user_facets
        where facet_id = any ($${firstParameter}::int[])
        group by user_id
      ) matching`,
    values: [facetIds],
  };
}

function environmentSource(environment: string, parameter: number): Source {
  return {
    source: `
      select user_id, first_at, first_day, retained_7d, retained_30d, cost_usd
      from user_environments
      where environment = $${parameter}::text`,
    values: [environment],
  };
}
