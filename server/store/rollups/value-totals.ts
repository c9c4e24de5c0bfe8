/**
 * Processing times and failures, counted by environment and day (`environment_processing`, `environment_failures`), brought
 * in line with what histories gain and lose.
 */
import type pg from 'pg';

import { dayOfNumber } from '../histories/format.ts';
import type { Entry } from '../histories/entries.ts';
import { type ValueListener, ValueReader } from '../histories/readers.ts';
import { PROCESSING_BUCKETS } from './processing-buckets.ts';

/** Of a day and facet: how many of each value come (more than 0) or go (less). */
interface Counts {
  day: string;
  facetId: number;
  byValue: Map<number, number>;
}

/** What comes and goes, counted by value, so that a user's day takes no more room for very many events. */
export class ValueChanges implements ValueListener {
  /** Seconds. */
  readonly processing = new Map<string, Counts>();
  /** By `error_type_id`. */
  readonly failures = new Map<string, Counts>();
  #of = { day: '', facetId: 0, sign: 1 };
  readonly #reader = new ValueReader();

  /** Adds (`sign` 1) or takes off (-1) the values of an entry. */
  take({ day, facetId, values }: Entry, sign: 1 | -1): void {
    if (values.length === 0) return;
    this.#of = { day: dayOfNumber(day), facetId, sign };
    this.#reader.open(values, 0, values.length);
    this.#reader.next();
    this.#reader.each(this);
  }

  addMilliseconds(milliseconds: number): void {
    this.#add(this.processing, milliseconds / 1000);
  }

  addSeconds(seconds: number): void {
    this.#add(this.processing, seconds);
  }

  addFailure(type: number): void {
    this.#add(this.failures, type);
  }

  #add(counts: Map<string, Counts>, value: number): void {
    const { day, facetId, sign } = this.#of;
    const key = `${day} ${facetId}`;
    const of = counts.get(key) ?? { day, facetId, byValue: new Map<number, number>() };
    counts.set(key, of);
    of.byValue.set(value, (of.byValue.get(value) ?? 0) + sign);
  }
}

export async function applyValues(
  client: pg.ClientBase,
  { processing, failures }: ValueChanges,
): Promise<void> {
  await apply(client, PROCESSING, processing, [PROCESSING_BUCKETS]);
  await apply(client, FAILURES, failures, []);
}

/** Gives the statement four columns: day, facet, value, count. */
async function apply(
  client: pg.ClientBase,
  statement: string,
  counts: ReadonlyMap<string, Counts>,
  others: readonly unknown[],
): Promise<void> {
  const rows = [...counts.values()].flatMap(({ day, facetId, byValue }) =>
    [...byValue].filter(([, n]) => n !== 0).map(([value, n]) => ({ day, facetId, value, n })),
  );
  if (rows.length === 0) return;
  await client.query(statement, [
    rows.map(({ day }) => day),
    rows.map(({ facetId }) => facetId),
    rows.map(({ value }) => value),
    rows.map(({ n }) => n),
    ...others,
  ]);
}

const FAILURES = `
  insert into environment_failures (environment, day, error_type, failures)
  select environment, day, error_type, sum(n)
  from unnest($1::date[], $2::int[], $3::int[], $4::int[]) as changed (day, facet_id, error_type_id, n)
  join facets using (facet_id)
  join error_types using (error_type_id)
  group by environment, day, error_type
  having sum(n) <> 0
  on conflict (environment, day, error_type) do update
  set failures = environment_failures.failures + excluded.failures`;

/** Merges values and their counts; values that none is left of disappear. */
const PROCESSING = `
  with counted as (
    select environment, day, width_bucket(seconds, $5::float8[]) as bucket, seconds, sum(n) as n
    from unnest($1::date[], $2::int[], $3::float8[], $4::int[]) as changed (day, facet_id, seconds, n)
    join facets using (facet_id)
    group by environment, day, bucket, seconds
    having sum(n) <> 0
  )
  insert into environment_processing as kept (environment, day, bucket, events, total_seconds, seconds, counts)
  select environment, day, bucket, sum(n), sum(n * seconds), array_agg(seconds), array_agg(n)
  from counted
  group by environment, day, bucket
  on conflict (environment, day, bucket) do update
  set (events, total_seconds, seconds, counts) = (
    select coalesce(sum(n), 0), coalesce(sum(n * value), 0), coalesce(array_agg(value), '{}'), coalesce(array_agg(n), '{}')
    from (
      select value, sum(n)::bigint as n
      from (
        select * from unnest(kept.seconds, kept.counts)
        union all
        select * from unnest(excluded.seconds, excluded.counts)
      ) merged (value, n)
      group by value
      having sum(n) <> 0
    ) summed
  )`;
