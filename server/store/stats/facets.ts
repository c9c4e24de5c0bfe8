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
  look: FacetLook;
}

/** What a pass over histories needs to know of each facet, by `facet_id`. */
export interface FacetLook {
  /** 1: matches. */
  matches: Uint8Array;
  /** Its country's index in `countryNames`; 0: none. */
  countries: Uint32Array;
  countryNames: string[];
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
  return {
    ids: matching.map((facet) => facet.facet_id),
    environment: wholeEnvironment(rows, matching),
    look: lookAt(rows, matching),
  };
}

function wholeEnvironment(all: readonly Facet[], matching: readonly Facet[]): string | null {
  const environments = new Set(matching.map((facet) => facet.environment));
  const [environment] = environments;
  if (environment === undefined || environments.size > 1) return null;
  const isWhole = all.filter((facet) => facet.environment === environment).length === matching.length;
  return isWhole ? environment : null;
}

function lookAt(all: readonly Facet[], matching: readonly Facet[]): FacetLook {
  const room = all.reduce((highest, { facet_id }) => Math.max(highest, facet_id), 0) + 1;
  const [matches, countries] = [new Uint8Array(room), new Uint32Array(room)];
  const countryNames = [...new Set(['', ...all.map(({ country }) => country)])];
  const indexes = new Map(countryNames.map((name, index) => [name, index]));
  for (const { facet_id, country } of all) countries[facet_id] = indexes.get(country)!;
  for (const { facet_id } of matching) matches[facet_id] = 1;
  return { matches, countries, countryNames };
}
