/** Filters name versions, platforms, countries, environments; rollups know their combinations by number. */
import type pg from 'pg';

import { FACET_COLUMNS, type StatsQuery } from './query.ts';

/** The facets whose columns equal one of the values of each filter. */
export async function matchingFacets(client: pg.ClientBase, { filters }: StatsQuery): Promise<number[]> {
  const { rows } = await client.query<{ facet_id: number }>(
    `select facet_id from facets
     where ${FACET_COLUMNS.map((column, i) => `($${i + 1}::text[] is null or ${column} = any ($${i + 1}))`).join(' and ')}`,
    FACET_COLUMNS.map((column) => filters[column] ?? null),
  );
  return rows.map((row) => row.facet_id);
}
