/** What is simply added up: over the range, and over the last seven and thirty days of it. */
import type pg from 'pg';

import { type Day, type StatsQuery, addDays, mondayOf } from './query.ts';

export const SUMMED = [
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
export type Sums = Record<(typeof SUMMED)[number], number>;

export interface SumsOfWindows {
  range: Sums;
  /** Up to the last day of the range: seven and thirty days. */
  week: Sums;
  month: Sums;
}

/** Sessions that are not split, and how long they took together. */
export interface WholeSessions {
  sessions: number;
  seconds: number;
}

export interface FilteredSums extends SumsOfWindows {
  sessions: WholeSessions;
  /** Of all days up to the last of the range. */
  costSoFar: number;
}

export function noSums(): Sums {
  return Object.fromEntries(SUMMED.map((column) => [column, 0])) as Sums;
}

/** What the parts add up to that begin on `start` or later. */
export function sumUp(parts: readonly (Sums & { part: Day })[], start: Day): Sums {
  const sums = noSums();
  for (const part of parts) {
    if (part.part < start) continue;
    for (const column of SUMMED) sums[column] += part[column];
  }
  return sums;
}

/** Of the facets, from `facet_weeks` for all weeks that lie in a window as a whole, and `facet_days` for the rest. */
export async function readFilteredSums(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: readonly number[],
): Promise<FilteredSums> {
  const [week, month] = [addDays(to, -6), addDays(to, -29)];
  const periods = partsOf([BEFORE_ALL, from, week, month], to).flatMap(periodsOf);
  const ofKind = (kind: Period['kind']): unknown[] => {
    const those = periods.filter((period) => period.kind === kind);
    return [those.map(({ part }) => part), those.map(({ first }) => first), those.map(({ last }) => last)];
  };
  const { rows } = await client.query<PartSums>(PARTS, [facetIds, ...ofKind('weeks'), ...ofKind('days')]);
  const inRange = rows.filter(({ part }) => part >= from);
  return {
    range: sumUp(rows, from),
    week: sumUp(rows, week),
    month: sumUp(rows, month),
    sessions: {
      sessions: inRange.reduce((sum, { sessions }) => sum + sessions, 0),
      seconds: inRange.reduce((sum, { session_seconds: seconds }) => sum + seconds, 0),
    },
    costSoFar: rows.reduce((sum, { cost_usd: cost }) => sum + cost, 0),
  };
}

/** A text before all days, as JavaScript and PostgreSQL compare it. */
const BEFORE_ALL = '-infinity';

interface Part {
  first: Day;
  last: Day;
}

type PartSums = Sums & {
  /** The first day of the part. */
  part: Day;
  sessions: number;
  session_seconds: number;
};

/** The days up to `to`, parted where one of `starts` is. */
function partsOf(starts: readonly Day[], to: Day): Part[] {
  const inOrder = [...new Set(starts)].toSorted();
  return inOrder.map((first, i) => ({
    first,
    last: i + 1 < inOrder.length ? addDays(inOrder[i + 1]!, -1) : to,
  }));
}

/** Days, or the Mondays of weeks. */
interface Period extends Part {
  part: Day;
  kind: 'days' | 'weeks';
}

/** A part as its whole weeks, and the days before and after them. */
function periodsOf({ first, last }: Part): Period[] {
  const firstMonday = first === BEFORE_ALL ? first : mondayOf(addDays(first, 6));
  const endMonday = mondayOf(addDays(last, 1));
  const days = (from: Day, to: Day): Period[] =>
    from <= to ? [{ part: first, kind: 'days', first: from, last: to }] : [];
  if (firstMonday >= endMonday) return days(first, last);
  return [
    ...(first === BEFORE_ALL ? [] : days(first, addDays(firstMonday, -1))),
    { part: first, kind: 'weeks', first: firstMonday, last: addDays(endMonday, -7) },
    ...days(endMonday, last),
  ];
}

const PARTS = `
  select part::text, ${SUMMED.map((column) => `sum(${column})::float8 as ${column}`).join(', ')},
    sum(sessions)::float8 as sessions, extract(epoch from sum(session_length))::float8 as session_seconds
  from (
    select part, sums.*
    from unnest($2::date[], $3::date[], $4::date[]) as periods (part, first, last)
    join facet_weeks sums on week between first and last
    where facet_id = any ($1::int[])
    union all
    select part, sums.*
    from unnest($5::date[], $6::date[], $7::date[]) as periods (part, first, last)
    join facet_days sums on day between first and last
    where facet_id = any ($1::int[])
  ) parts
  group by part`;
