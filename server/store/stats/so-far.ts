/** Figures over all users so far: how many there are, how many are new, how many came back, what they cost. */
import type pg from 'pg';

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
  const later = await client.query<{ total_cost_usd: number }>(
    `select ($3::numeric - coalesce(sum(cost_usd), 0))::float8 as total_cost_usd
     from user_days
     where day > $1::date and facet_id = any ($2::int[])`,
    [query.to, facetIds, rows[0]!.cost_usd],
  );
  const { cost_usd: _, ...counts } = rows[0]!;
  return { ...counts, total_cost_usd: later.rows[0]!.total_cost_usd };
}

/**
 * A select of all users that match the filters: `user_id`, `first_at`, `first_day`, `retained_7d`,
 * `retained_30d`, `cost_usd`. Its values are parameters from `$firstParameter` on.
 */
export function usersSource(
  { filters }: StatsQuery,
  facetIds: number[],
  firstParameter: number,
): { source: string; values: unknown[] } {
  const { environment, ...others } = filters;
  const parameter = `$${firstParameter}`;
  if (environment?.length === 1 && Object.keys(others).length === 0) {
    return {
      source: `
        select user_id, first_at, first_day, retained_7d, retained_30d, cost_usd
        from user_environments
        where environment = ${parameter}::text`,
      values: environment,
    };
  }
  return {
    source: `
      select user_id, firsts.first_at, firsts.first_day, sum(cost_usd) as cost_usd,
        bool_or(days && daterange(firsts.first_day + 7, firsts.first_day + 14)) as retained_7d,
        bool_or(days && daterange(firsts.first_day + 30, firsts.first_day + 60)) as retained_30d
      from user_facets
      join (
        select user_id, min(first_at) as first_at, min(first_day) as first_day
        from user_facets
        where facet_id = any (${parameter}::int[])
        group by user_id
      ) firsts using (user_id)
      where facet_id = any (${parameter}::int[])
      group by user_id, firsts.first_at, firsts.first_day`,
    values: [facetIds],
  };
}
