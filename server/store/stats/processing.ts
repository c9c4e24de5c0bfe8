/** Processing times and failures of the events in range. */
import type pg from 'pg';

import { percentile, ranksAround } from './value-counts.ts';

export interface ProcessingTimes {
  mean: number | null;
  p50: number | null;
  p95: number | null;
}

interface Bucket {
  bucket: number;
  events: number;
  total_seconds: number;
}

/** Of an environment. `range` is its first and last day, and its name. */
export async function readProcessingTimes(client: pg.ClientBase, range: unknown[]): Promise<ProcessingTimes> {
  const { rows: buckets } = await client.query<Bucket>(BUCKETS, range);
  const events = buckets.reduce((sum, bucket) => sum + bucket.events, 0);
  if (events === 0) return { mean: null, p50: null, p95: null };
  const readPercentile = async (share: number): Promise<number> => {
    const values = new Map<number, number>();
    const { low, high } = ranksAround(share, events);
    for (const rank of new Set([low, high])) values.set(rank, await readRanked(client, range, buckets, rank));
    return percentile(share, events, (rank) => values.get(rank)!);
  };
  return {
    mean: buckets.reduce((sum, bucket) => sum + bucket.total_seconds, 0) / events,
    p50: await readPercentile(0.5),
    p95: await readPercentile(0.95),
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

/** In order of days: the last digit of a sum of floats hangs on the order, which must not be that of rows on the disk. */
const BUCKETS = `
  select bucket, sum(events)::float8 as events, sum(total_seconds order by day) as total_seconds
  from environment_processing
  where day between $1::date and $2::date and environment = $3::text
  group by bucket
  having sum(events) > 0
  order by bucket`;

const RANKED = `
  select value as seconds
  from (
    select value, sum(sum(n)) over (order by value) as up_to
    from (
      select value, n
      from environment_processing, unnest(seconds, counts) as counted (value, n)
      where day between $1::date and $2::date and environment = $3::text and bucket = $4::int
    ) kept
    group by value
  ) running
  where up_to > $5::bigint
  order by value
  limit 1`;

export interface FailureCount {
  error_type: string;
  count: number;
}

/** Failed transcriptions of an environment by type, descending, then by name. */
export async function readFailures(client: pg.ClientBase, range: unknown[]): Promise<FailureCount[]> {
  const { rows } = await client.query<FailureCount>(FAILURES, range);
  return rows;
}

/** The same of failures that were counted already; the bytes of UTF-8 sort as code points do. */
export function countFailures(counts: ReadonlyMap<string, number>): FailureCount[] {
  return [...counts]
    .map(([error_type, count]) => ({ error_type, count }))
    .sort(
      (a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.error_type), Buffer.from(b.error_type)),
    );
}

const FAILURES = `
  select error_type, sum(failures)::float8 as count
  from environment_failures
  where day between $1::date and $2::date and environment = $3::text
  group by error_type
  having sum(failures) > 0
  order by count desc, error_type`;
