/** What is simply added up, whatever the filters: over the range, its last seven and thirty days, and so far. */
import type pg from 'pg';

import { type StatsQuery, addDays } from './query.ts';

const SUMMED = [
  'recordings',
  'widget_recordings',
  'main_window_recordings',
  'recorded_seconds',
  'transcriptions',
  'transcribed_seconds',
  'failures',
  'startups',
  'startup_seconds',
  'dictionary_uses',
  'retries',
  'cost_usd',
] as const;

/** Sums of nothing are 0. */
export interface Sums {
  range: Record<(typeof SUMMED)[number], number>;
  /** Up to the last day of the range: seven and thirty days, and all. */
  week: { recordings: number; cost_usd: number };
  month: { cost_usd: number };
  soFar: { cost_usd: number };
  sessionParts: SessionParts;
}

/** Sessions of the range, those that are split once for each part: decimals, of which parts can be taken off. */
export interface SessionParts {
  sessions: string;
  seconds: string;
}

type Row = Sums['range'] &
  Record<'week_recordings' | 'week_cost_usd' | 'month_cost_usd' | 'cost_usd_so_far', number> &
  SessionParts;

export async function readSums(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: readonly number[],
): Promise<Sums> {
  const [week, month] = [addDays(to, -6), addDays(to, -29)];
  const { rows } = await client.query<Row>(SUMS, [
    from,
    to,
    facetIds,
    week,
    month,
    from < month ? from : month,
  ]);
  const { week_recordings, week_cost_usd, month_cost_usd, cost_usd_so_far, sessions, seconds, ...range } =
    rows[0]!;
  return {
    range,
    week: { recordings: week_recordings, cost_usd: week_cost_usd },
    month: { cost_usd: month_cost_usd },
    soFar: { cost_usd: cost_usd_so_far },
    sessionParts: { sessions, seconds },
  };
}

const since = (start: string, column: string): string =>
  `coalesce(sum(${column}) filter (where day >= ${start}), 0)`;

/** Days before the first window are read for their cost alone. */
const SUMS = `
  select ${SUMMED.map((column) => `${since('$1::date', column)}::float8 as ${column}`).join(', ')},
    ${since('$4::date', 'recordings')}::float8 as week_recordings,
    ${since('$4::date', 'cost_usd')}::float8 as week_cost_usd,
    ${since('$5::date', 'cost_usd')}::float8 as month_cost_usd,
    (coalesce(sum(cost_usd), 0) + (
      select coalesce(sum(cost_usd), 0) from facet_days where day < $6::date and facet_id = any ($3::int[])
    ))::float8 as cost_usd_so_far,
    ${since('$1::date', 'sessions')}::text as sessions,
    ${since('$1::date', 'session_seconds')}::text as seconds
  from facet_days
  where day between $6::date and $2::date and facet_id = any ($3::int[])`;
