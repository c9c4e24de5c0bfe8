/** Filters name versions, platforms, countries, environments; rollups know their combinations by number. */
import type pg from 'pg';

import { FACET_COLUMNS, type FacetColumn, type StatsQuery } from './query.ts';

export interface MatchingFacets {
  /** The facets whose columns equal one of the values of each filter. */
  ids: number[];
  /**
   * The environment whose facets these are, all of them and no others. Nearly every question is like that, and
   * for these the rollups hold users and days once more, ready added up. Null for all other questions.
   */
  environment: string | null;
  /** Set where the filters keep all of one environment's records of most of its users; null for all other questions. */
  most: MostOfEnvironment | null;
}

export interface MostOfEnvironment {
  environment: string;
  /** Facets of the environment that the filters leave out. */
  leftOut: number[];
  /**
   * The users who have something of these, as PostgreSQL writes a `uuid[]`. All others are the same as in the
   * environment as a whole, so that only these are added up anew.
   */
  touched: string;
}

type Facet = Record<FacetColumn, string> & { facet_id: number };

export async function matchingFacets(
  client: pg.ClientBase,
  { filters }: StatsQuery,
): Promise<MatchingFacets> {
  const { rows } = await client.query<Facet>(`select facet_id, ${FACET_COLUMNS.join(', ')} from facets`);
  const wanted = FACET_COLUMNS.flatMap((column) => {
    const values = filters[column];
    return values ? [{ column, values: new Set(values) }] : [];
  });
  const matching = rows.filter((facet) => wanted.every(({ column, values }) => values.has(facet[column])));
  const environments = new Set(matching.map((facet) => facet.environment));
  const ids = matching.map((facet) => facet.facet_id);
  const [environment] = environments;
  if (environment === undefined || environments.size > 1) return { ids, environment: null, most: null };
  const kept = new Set(ids);
  const leftOut = rows
    .filter((facet) => facet.environment === environment && !kept.has(facet.facet_id))
    .map((facet) => facet.facet_id);
  if (leftOut.length === 0) return { ids, environment, most: null };
  return { ids, environment: null, most: await mostOf(client, environment, leftOut) };
}

async function mostOf(
  client: pg.ClientBase,
  environment: string,
  leftOut: number[],
): Promise<MostOfEnvironment | null> {
  const { rows: sample } = await client.query<{ is_few: boolean }>(FEW_IN_SAMPLE, [leftOut]);
  if (!sample[0]!.is_few) return null;
  const { rows } = await client.query<{ touched: string }>(TOUCHED, [leftOut]);
  return { environment, leftOut, touched: rows[0]!.touched };
}

/** Ids of users are random, so that the first of sixteen parts stands for all. Decides only what is faster. */
const FEW_IN_SAMPLE = `
  select count(distinct user_id) filter (where facet_id = any ($1::int[])) * 2 <= count(distinct user_id) as is_few
  from user_facets
  where user_id < '10000000-0000-0000-0000-000000000000'`;

/** A user may have crashed with what no event of theirs has. */
const TOUCHED = `
  select coalesce(array_agg(user_id), '{}')::text as touched
  from (
    select user_id from user_facets where facet_id = any ($1::int[])
    union
    select user_id from uncaught_crashes where facet_id = any ($1::int[])
  ) users`;

/** Condition on `user_id`: the user is one of the `touched` that a parameter holds. A hash, for thousands of users. */
export function touchedUser(parameter: string): string {
  return `user_id in (select unnest(${parameter}::uuid[]))`;
}
