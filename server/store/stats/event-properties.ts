/** What the app's own events carry: a property summed up over the stored rows, as no rollup has it. */
import type pg from 'pg';

import type { StatsQuery } from './query.ts';
import { rowsInRange } from './raw-rows.ts';
import { inSnapshot } from './snapshot.ts';

export interface NumberSummary {
  /** Events that carry a number there. */
  count: number;
  sum: number;
  mean: number | null;
  p50: number | null;
  p95: number | null;
}

export function readNumberProperty(
  pool: pg.Pool,
  query: StatsQuery,
  event: string,
  property: string,
): Promise<NumberSummary> {
  const { sql, values } = rowsInRange(query);
  return inSnapshot(pool, async (client) => {
    const { rows } = await client.query<NumberSummary>(
      `select count(*)::int as count, coalesce(sum(value), 0) as sum, avg(value) as mean,
         percentile_cont(0.5) within group (order by value) as p50,
         percentile_cont(0.95) within group (order by value) as p95
       from (
         select greatest(least((properties -> $${values.length + 2})::numeric, 1e300), -1e300)::float8 as value
         from events
         where ${sql} and event = $${values.length + 1} and jsonb_typeof(properties -> $${values.length + 2}) = 'number'
       ) numbers`,
      [...values, event, property],
    );
    return rows[0]!;
  });
}

/** How many values are listed. */
const VALUES = 100;

/** Texts and truth values in range, by descending count, then by name; the most frequent hundred. */
export function readValueCounts(
  pool: pg.Pool,
  query: StatsQuery,
  event: string,
  property: string,
): Promise<{ value: string; count: number }[]> {
  const { sql, values } = rowsInRange(query);
  return inSnapshot(pool, async (client) => {
    const { rows } = await client.query<{ value: string; count: number }>(
      `select value, count(*)::int as count
       from (
         select coalesce(nullif(properties ->> $${values.length + 2}, ''), 'unknown') collate "C" as value
         from events
         where ${sql} and event = $${values.length + 1}
       ) texts
       group by value
       order by count desc, value
       limit ${VALUES}`,
      [...values, event, property],
    );
    return rows;
  });
}
