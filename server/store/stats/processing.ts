/** Processing times and failures of the events in range. */
import type pg from 'pg';

import { type StatsQuery, soleEnvironment } from './query.ts';

export interface ProcessingTimes {
  mean: number | null;
  p50: number | null;
  p95: number | null;
}

/** Percentiles as `percentile_cont` gives them: between the two values around the rank, in proportion. */
export async function readProcessingTimes(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: number[],
): Promise<ProcessingTimes> {
  const environment = soleEnvironment(query);
  if (environment !== null) return readFromBuckets(client, [query.from, query.to, environment]);
  const { rows } = await client.query<ProcessingTimes>(PERCENTILES, [query.from, query.to, facetIds]);
  return rows[0]!;
}

/** Equal values are counted first, so that few have to be sorted. */
const PERCENTILES = `
  with counts as (
    select seconds, count(*) as n
    from user_days, unnest(processing_seconds) as seconds
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and processing_seconds is not null
    group by seconds
  ),
  ranks as (
    select sum(n) as total, (sum(seconds * n) / sum(n))::float8 as mean,
      0.5 * (sum(n) - 1) as rank_50, 0.95 * (sum(n) - 1) as rank_95
    from counts
  ),
  around as (
    select
      min(seconds) filter (where up_to > floor(rank_50)) as low_50,
      min(seconds) filter (where up_to > ceil(rank_50)) as high_50,
      min(seconds) filter (where up_to > floor(rank_95)) as low_95,
      min(seconds) filter (where up_to > ceil(rank_95)) as high_95
    from (select seconds, sum(n) over (order by seconds) as up_to from counts) running, ranks
  )
  select mean,
    low_50 + (high_50 - low_50) * (rank_50 - floor(rank_50))::float8 as p50,
    low_95 + (high_95 - low_95) * (rank_95 - floor(rank_95))::float8 as p95
  from ranks, around`;

interface Bucket {
  bucket: number;
  events: number;
  total_seconds: number;
}

async function readFromBuckets(client: pg.ClientBase, range: unknown[]): Promise<ProcessingTimes> {
  const { rows } = await client.query<Bucket>(BUCKETS, range);
  const events = rows.reduce((sum, row) => sum + row.events, 0);
  if (events === 0) return { mean: null, p50: null, p95: null };
  const percentile = async (share: number): Promise<number> => {
    const rank = share * (events - 1);
    const low = await readRanked(client, range, rows, Math.floor(rank));
    const high = rank === Math.floor(rank) ? low : await readRanked(client, range, rows, Math.ceil(rank));
    return low + (high - low) * (rank - Math.floor(rank));
  };
  return {
    mean: rows.reduce((sum, row) => sum + row.total_seconds, 0) / events,
    p50: await percentile(0.5),
    p95: await percentile(0.95),
  };
}

/** The value at a rank, from 0, among all in range: only its bucket is read. */
async function readRanked(
  client: pg.ClientBase,
  range: unknown[],
  buckets: readonly Bucket[],
  rank: number,
): Promise<number> {
  let before = 0;
  const found = buckets.find(({ events }) => {
    before += events;
    return before > rank;
  })!;
  const { rows } = await client.query<{ seconds: number }>(RANKED, [
    ...range,
    found.bucket,
    rank - (before - found.events),
  ]);
  return rows[0]!.seconds;
}

const BUCKETS = `
  select bucket, sum(events)::float8 as events, sum(total_seconds) as total_seconds
  from environment_processing
  where day between $1::date and $2::date and environment = $3::text
  group by bucket
  having sum(events) > 0
  order by bucket`;

const RANKED = `
  select value as seconds
  from (
    select value, sum(sum(n)) over (order by value) as up_to
    from environment_processing, unnest(seconds, counts) as counted (value, n)
    where day between $1::date and $2::date and environment = $3::text and bucket = $4::int
    group by value
  ) running
  where up_to > $5::bigint
  order by value
  limit 1`;

export interface FailureCount {
  error_type: string;
  count: number;
}

/** Failed transcriptions by type, descending, then by name. */
export async function readFailures(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: number[],
): Promise<FailureCount[]> {
  const environment = soleEnvironment(query);
  const { rows } = await client.query<FailureCount>(environment === null ? FAILURES : ENVIRONMENT_FAILURES, [
    query.from,
    query.to,
    environment ?? facetIds,
  ]);
  return rows;
}

const FAILURES = `
  select error_type, count(*)::float8 as count
  from user_days, unnest(failures) as error_type
  where day between $1::date and $2::date and facet_id = any ($3::int[]) and failures is not null
  group by error_type
  order by count desc, error_type collate "C"`;

const ENVIRONMENT_FAILURES = `
  select error_type, sum(failures)::float8 as count
  from environment_failures
  where day between $1::date and $2::date and environment = $3::text
  group by error_type
  having sum(failures) > 0
  order by count desc, error_type`;
