/** What is simply added up: over the range, and over the last seven and thirty days of it. */
import type { Day } from './query.ts';

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
  week: Pick<Sums, 'recordings' | 'cost_usd'>;
  month: Pick<Sums, 'cost_usd'>;
}

export function noSums(): Sums {
  return Object.fromEntries(SUMMED.map((column) => [column, 0])) as Sums;
}

/** What the days from `start` on add up to. */
export function sumUp(days: readonly (Sums & { day: Day })[], start: Day): Sums {
  const sums = noSums();
  for (const figures of days) {
    if (figures.day < start) continue;
    for (const column of SUMMED) sums[column] += figures[column];
  }
  return sums;
}
