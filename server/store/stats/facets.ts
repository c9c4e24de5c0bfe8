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
  const [environment = null] = environments;
  const isWhole =
    environments.size === 1 &&
    rows.filter((facet) => facet.environment === environment).length === matching.length;
  return { ids: matching.map((facet) => facet.facet_id), environment: isWhole ? environment : null };
}
