/** Figures over all users so far: how many there are, how many are new, how many came back, what they cost. */
import type pg from 'pg';

import { type MatchingFacets, touchedUser } from './facets.ts';
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
async function readCost(client: pg.ClientBase, to: Day, facets: MatchingFacets): Promise<number> {
  const { ids, environment, most } = facets;
  const { sql, values } =
    environment !== null
      ? { sql: COST_OF_ENVIRONMENT, values: [environment] }
      : most !== null
        ? { sql: COST_OF_MOST, values: [ids, most.environment, most.leftOut] }
        : { sql: COST_OF_FACETS, values: [ids] };
  const { rows } = await client.query<{ cost_usd: number }>(`select (${sql})::float8 as cost_usd`, [
    to,
    ...values,
  ]);
  return rows[0]!.cost_usd;
}

const COST_OF_ENVIRONMENT = `
  (select coalesce(sum(cost_usd), 0) from environment_newcomers where environment = $2::text)
  - (select coalesce(sum(cost_usd), 0) from environment_days where day > $1::date and environment = $2::text)`;

const COST_AFTER =
  '(select coalesce(sum(cost_usd), 0) from user_days where day > $1::date and facet_id = any ($2::int[]))';

const COST_OF_FACETS = `
  (select coalesce(sum(cost_usd), 0) from user_facets where facet_id = any ($2::int[])) - ${COST_AFTER}`;

const COST_OF_MOST = `
  (select coalesce(sum(cost_usd), 0) from environment_newcomers where environment = $3::text)
  - (select coalesce(sum(cost_usd), 0) from user_facets where facet_id = any ($4::int[])) - ${COST_AFTER}`;

export interface Source {
  /** A select, with parameters from the given number on. */
  source: string;
  values: unknown[];
}

/** Users that match the filters, each with `user_id` and `first_day`. */
export function firstsSource({ ids, environment, most }: MatchingFacets, parameter: number): Source {
  const [first, second, third] = parametersFrom(parameter);
  const isTouched = touchedUser(third);
  const firstsOfFacets = (users: string): string => `
    select user_id, min(first_day) as first_day
    from user_facets
    where facet_id = any (${first}::int[]) and ${users}
    group by user_id`;
  if (environment !== null) {
    return {
      source: `select user_id, first_day from user_environments where environment = ${first}::text`,
      values: [environment],
    };
  }
  if (most === null) return { source: firstsOfFacets('true'), values: [ids] };
  return {
    source: `
    select user_id, first_day
    from user_environments
    where environment = ${second}::text and not (${isTouched})
    union all
    ${firstsOfFacets(isTouched)}`,
    values: [ids, most.environment, most.touched],
  };
}

/**
 * How many `users` came on each `first_day`, and how many of them came back later: `retained_7d`, `retained_30d`. A day
 * may have several rows, to be added up, some of them negative.
 */
export function newcomersSource({ ids, environment, most }: MatchingFacets, parameter: number): Source {
  const [first, second, third] = parametersFrom(parameter);
  const isTouched = touchedUser(third);
  const ofFacets = (users: string): string => `
    select first_day, count(*) as users,
      count(*) filter (where days && daterange(first_day + 7, first_day + 14)) as retained_7d,
      count(*) filter (where days && daterange(first_day + 30, first_day + 60)) as retained_30d
    from (
      select user_id, min(first_day) as first_day, range_agg(days) as days
      from user_facets
      where facet_id = any (${first}::int[]) and ${users}
      group by user_id
    ) matching
    group by first_day`;
  const ofEnvironment = (name: string): string => `
    select first_day, users, retained_7d, retained_30d
    from environment_newcomers
    where environment = ${name}::text`;
  if (environment !== null) return { source: ofEnvironment(first), values: [environment] };
  if (most === null) return { source: ofFacets('true'), values: [ids] };
  return {
    source: `
    ${ofEnvironment(second)}
    union all
    select first_day, - count(*), - count(*) filter (where retained_7d), - count(*) filter (where retained_30d)
    from user_environments
    where environment = ${second}::text and ${isTouched}
    group by first_day
    union all
    ${ofFacets(isTouched)}`,
    values: [ids, most.environment, most.touched],
  };
}

function parametersFrom(first: number): [string, string, string] {
  return [`$${first}`, `$${first + 1}`, `$${first + 2}`];
}
