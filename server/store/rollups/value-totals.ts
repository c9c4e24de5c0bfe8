/**
 * Processing times and failures, counted by environment and day (`environment_processing`, `environment_failures`), brought
 * in line with what histories gain and lose.
 */
import type pg from 'pg';

import { dayOfNumber } from '../histories/format.ts';
import type { Entry } from '../histories/entries.ts';
import { type ValueListener, ValueReader } from '../histories/readers.ts';
import { PROCESSING_BUCKETS } from './processing-buckets.ts';

/** Columns, each with an element for every value that comes or goes. */
interface Columns {
  days: string[];
  facetIds: number[];
  /** Seconds, or an `error_type_id`. */
  values: number[];
  /** 1: comes, -1: goes. */
  signs: number[];
}

export class ValueChanges implements ValueListener {
  readonly processing: Columns = noColumns();
  readonly failures: Columns = noColumns();
  #day = '';
  #facetId = 0;
  #sign = 1;
  readonly #reader = new ValueReader();

  /** Adds (`sign` 1) or takes off (-1) the values of an entry. */
  take({ day, facetId, values }: Entry, sign: 1 | -1): void {
    if (values.length === 0) return;
    this.#day = dayOfNumber(day);
    this.#facetId = facetId;
    this.#sign = sign;
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

  #add({ days, facetIds, values, signs }: Columns, value: number): void {
    days.push(this.#day);
    facetIds.push(this.#facetId);
    values.push(value);
    signs.push(this.#sign);
  }
}

function noColumns(): Columns {
  return { days: [], facetIds: [], values: [], signs: [] };
}

export async function applyValues(
  client: pg.ClientBase,
  { processing, failures }: ValueChanges,
): Promise<void> {
  if (processing.values.length > 0) {
    await client.query(PROCESSING, [...parametersOf(processing), PROCESSING_BUCKETS]);
  }
  if (failures.values.length > 0) await client.query(FAILURES, parametersOf(failures));
}

function parametersOf({ days, facetIds, values, signs }: Columns): unknown[] {
  return [days, facetIds, values, signs];
}

const FAILURES = `
  insert into environment_failures (environment, day, error_type, failures)
  select environment, day, error_type, sum(sign)
  from unnest($1::date[], $2::int[], $3::int[], $4::int[]) as changed (day, facet_id, error_type_id, sign)
  join facets using (facet_id)
  join error_types using (error_type_id)
  group by environment, day, error_type
  having sum(sign) <> 0
  on conflict (environment, day, error_type) do update
  set failures = environment_failures.failures + excluded.failures`;

/** Merges values and their counts; values that none is left of disappear. */
const PROCESSING = `
  with counted as (
    select environment, day, width_bucket(seconds, $5::float8[]) as bucket, seconds, sum(sign) as n
    from unnest($1::date[], $2::int[], $3::float8[], $4::int[]) as changed (day, facet_id, seconds, sign)
    join facets using (facet_id)
    group by environment, day, bucket, seconds
    having sum(sign) <> 0
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
