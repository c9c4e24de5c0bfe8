/** Processing times and failures of the events in range. */
import type pg from 'pg';

import type { StatsQuery } from './query.ts';

export interface ProcessingTimes {
  mean: number | null;
  p50: number | null;
  p95: number | null;
}

export async function readProcessingTimes(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: number[],
): Promise<ProcessingTimes> {
  const { rows } = await client.query<ProcessingTimes>(PERCENTILES, [from, to, facetIds]);
  return rows[0]!;
}

/**
 * `percentile_cont` without sorting every value: equal values are counted first, then the two values around
 * each rank are found in the running count.
 */
const PERCENTILES = `
  with counts as (
    select seconds, count(*) as n
    from user_days, unnest(processing_seconds) as seconds
    where day between $1::date and $2::date and facet_id = any ($3::int[])
    group by seconds
  ),
  running as (
    select seconds, n, sum(n) over (order by seconds) as up_to from counts
  ),
  ranks as (
    select sum(n) as total, sum(seconds * n) / sum(n) as mean,
      0.5 * (sum(n) - 1) as rank_50, 0.95 * (sum(n) - 1) as rank_95
    from counts
  ),
  around as (
    select total, mean, rank_50, rank_95,
      (select min(seconds) from running where up_to > floor(rank_50)) as low_50,
      (select min(seconds) from running where up_to > ceil(rank_50)) as high_50,
      (select min(seconds) from running where up_to > floor(rank_95)) as low_95,
      (select min(seconds) from running where up_to > ceil(rank_95)) as high_95
    from ranks
  )
  select mean::float8 as mean,
    low_50 + (high_50 - low_50) * (rank_50 - floor(rank_50))::float8 as p50,
    low_95 + (high_95 - low_95) * (rank_95 - floor(rank_95))::float8 as p95
  from around`;

/** Failed transcriptions by type, descending, then by name. */
export async function readFailures(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: number[],
): Promise<{ error_type: string; count: number }[]> {
  const { rows } = await client.query<{ error_type: string; count: number }>(
    `select error_type, count(*)::int as count
     from user_days, unnest(failures) as error_type
     where day between $1::date and $2::date and facet_id = any ($3::int[]) and failures is not null
     group by error_type
     order by count desc, error_type collate "C"`,
    [from, to, facetIds],
  );
  return rows;
}
