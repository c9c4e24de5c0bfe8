/** Conditions on the stored rows themselves, for what the rollups do not hold. */
import { FACET_COLUMNS, type StatsQuery, addDays } from './query.ts';

export interface Conditions {
  /** Over columns of `events` or `crashes`, with parameters from $1 on. */
  sql: string;
  values: unknown[];
}

/** Rows in range that match the filters. `extraDays` moves the end of the range. */
export function rowsInRange({ from, to, filters }: StatsQuery, extraDays = 0): Conditions {
  const values: unknown[] = [startOf(from), startOf(addDays(to, 1 + extraDays))];
  const parts = ['timestamp >= $1::timestamptz', 'timestamp < $2::timestamptz'];
  for (const column of FACET_COLUMNS) {
    if (filters[column] === undefined) continue;
    values.push(filters[column]);
    parts.push(`${column} = any ($${values.length}::text[])`);
  }
  return { sql: parts.join(' and '), values };
}

export function startOf(day: string): string {
  return `${day}T00:00:00Z`;
}
