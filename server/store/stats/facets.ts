/** Filters name versions, platforms, countries, environments; rollups know their combinations by number. */
import type pg from 'pg';

import { FACET_COLUMNS, type StatsQuery } from './query.ts';

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
  /** Its country's index in `countryNames`, if it matches; 0: none. */
  countries: Uint32Array;
  countryNames: string[];
}

interface Row {
  highest: number;
  ids: number[];
  /** Of each of `ids`: from 1 in `country_names`; 0: none. */
  countries: number[];
  country_names: string[];
  environment: string | null;
}

export async function matchingFacets(
  client: pg.ClientBase,
  { filters }: StatsQuery,
): Promise<MatchingFacets> {
  const { rows } = await client.query<Row>(
    MATCHING,
    FACET_COLUMNS.map((column) => filters[column] ?? null),
  );
  const { highest, ids, countries, country_names: names, environment } = rows[0]!;
  const look = {
    matches: new Uint8Array(highest + 1),
    countries: new Uint32Array(highest + 1),
    countryNames: ['', ...names],
  };
  ids.forEach((id, i) => {
    look.matches[id] = 1;
    look.countries[id] = countries[i]!;
  });
  return { ids, environment, look };
}

/** One row of arrays: there are thousands of facets, and an object for each would take longer than all of this. */
const MATCHING = `
  with matching as (
    select facet_id, country, environment
    from facets
    where ${FACET_COLUMNS.map((column, i) => `($${i + 1}::text[] is null or ${column} = any ($${i + 1}::text[]))`).join('\n      and ')}
  ),
  names as (
    select country, (row_number() over (order by country))::int as index
    from (select distinct country from matching where country <> '') countries
  )
  select
    (select coalesce(max(facet_id), 0) from facets) as highest,
    coalesce(array_agg(facet_id order by facet_id), '{}') as ids,
    coalesce(array_agg(coalesce(index, 0) order by facet_id), '{}') as countries,
    (select coalesce(array_agg(country order by index), '{}') from names) as country_names,
    case when min(environment) = max(environment)
      and count(*) = (select count(*) from facets where environment = (select min(environment) from matching))
      then min(environment) end as environment
  from matching
  left join names using (country)`;
