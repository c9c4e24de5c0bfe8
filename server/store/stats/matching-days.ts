/**
 * One scan of `user_days` for questions with filters: what the matching user-days add up to on each day, with the
 * processing times and failures that are counted by value.
 */
import type pg from 'pg';

import type { DayFigures } from './by-day.ts';
import { type Day, addDays } from './query.ts';
import { readArrays } from './sent-arrays.ts';

export interface MatchingDay {
  figures: DayFigures;
  /** Users whose first row of its ISO week is on this day, where all their rows of the week have one facet. */
  weekFirsts: number;
  processingSeconds: number[];
  /** The error type of each failure. */
  failureTypes: string[];
}

type Row = DayFigures & {
  week_firsts: number;
  processing_seconds: Buffer | null;
  failure_types: Buffer | null;
};

/** So many days are in memory at a time, as they come from the database. */
const DAYS_PER_SCAN = 31;

/** Days without a matching row are left out. */
export async function* readMatchingDays(
  client: pg.ClientBase,
  from: Day,
  to: Day,
  facetIds: number[],
): AsyncGenerator<MatchingDay> {
  for (let first = from; first <= to; first = addDays(first, DAYS_PER_SCAN)) {
    const last = addDays(first, DAYS_PER_SCAN - 1);
    const range = [first, last < to ? last : to, facetIds];
    const shared = await readSharedDays(client, range);
    const { rows } = await client.query<Row>(DAYS, range);
    for (const { week_firsts, processing_seconds, failure_types, ...figures } of rows) {
      figures.users += shared.get(figures.day) ?? 0;
      yield {
        figures,
        weekFirsts: week_firsts,
        processingSeconds: readArrays(processing_seconds, (bytes, at) => bytes.readDoubleBE(at)),
        failureTypes: readArrays(failure_types, (bytes, at, end) => bytes.toString('utf8', at, end)),
      };
    }
  }
}

async function readSharedDays(client: pg.ClientBase, range: unknown[]): Promise<Map<Day, number>> {
  const { rows } = await client.query<{ day: Day; users: number }>(SHARED_DAYS, range);
  return new Map(rows.map(({ day, users }) => [day, users]));
}

const DAYS = `
  select day::text,
    count(*) filter (where sole_of_day)::float8 as users,
    coalesce(sum(recordings), 0)::float8 as recordings,
    coalesce(sum(widget_recordings), 0)::float8 as widget_recordings,
    coalesce(sum(main_window_recordings), 0)::float8 as main_window_recordings,
    coalesce(sum(recorded_seconds), 0)::float8 as recorded_seconds,
    coalesce(sum(transcriptions), 0)::float8 as transcriptions,
    coalesce(sum(transcribed_seconds), 0)::float8 as transcribed_seconds,
    coalesce(sum(cardinality(failures)), 0)::float8 as failures,
    coalesce(sum(startups), 0)::float8 as startups,
    coalesce(sum(startup_seconds), 0)::float8 as startup_seconds,
    coalesce(sum(dictionary_uses), 0)::float8 as dictionary_uses,
    coalesce(sum(retries), 0)::float8 as retries,
    coalesce(sum(cost_usd), 0)::float8 as cost_usd,
    count(*) filter (where week_first)::float8 as week_firsts,
    string_agg(array_send(processing_seconds), '') as processing_seconds,
    string_agg(array_send(failures), '') as failure_types
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])
  group by day`;

/** Users with several rows on a day count once. */
const SHARED_DAYS = `
  select day::text, count(distinct user_id)::int as users
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[]) and not sole_of_day
  group by day`;
