/** What figures can be filtered by. */
import type pg from 'pg';

import { FACET_COLUMNS, type FacetColumn } from './stats/query.ts';

export type FilterValues = Record<FacetColumn, { value: string; users: number }[]>;

/** Every value that a kept event has, with the users who ever had it; most users first. */
export async function readFilterValues(pool: pg.Pool): Promise<FilterValues> {
  const columns = await Promise.all(
    FACET_COLUMNS.map(async (column) => {
      const { rows } = await pool.query<{ value: string; users: number }>(
        `select value, count(*)::int as users
         from (
           select distinct ${column} as value, user_id
           from user_facets
           join facets using (facet_id)
           where ${column} <> ''
         ) users
         group by value
         order by users desc, value`,
      );
      return [column, rows] as const;
    }),
  );
  return Object.fromEntries(columns) as FilterValues;
}
