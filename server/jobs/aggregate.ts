/** Keeps the rollups in step with the stored records. Any number of servers may run this at the same time. */
import type pg from 'pg';

import { aggregateStep } from '../store/rollups/index.ts';
import { oldestMark } from '../store/rollups/marks.ts';
import { refreshUserStats } from '../store/rollups/user-stats.ts';

export interface AggregateOptions {
  /** Days that records are kept; older rows of `user_stats` are left alone. */
  retentionDays: number;
  /** Milliseconds after which no further step is begun. Default: none, until no mark waits. */
  budgetMs?: number;
  /** Asked between steps; true ends the work early. */
  stopped?: () => boolean;
  /** Marks taken in one step, ≥ 1. Default 2,000. */
  marksPerStep?: number;
}

/** Small enough to hold the lock for a fraction of a second, large enough to catch up quickly. */
const MARKS_PER_STEP = 2_000;

/** Steps that have to go through before a larger one is tried again, which may read much in vain. */
const STEPS_UNTIL_LARGER = 4;

/** Brings rollups up to date, then `user_stats`. Returns the number of user-days recomputed. */
export async function aggregate(pool: pg.Pool, options: AggregateOptions): Promise<number> {
  const { userDays } = await catchUp(pool, options);
  await refreshUserStats(pool, options.retentionDays);
  return userDays;
}

/**
 * Takes step after step until no mark is left that waited at the beginning. Rollups alone, which every figure
 * but `user_stats` comes from.
 */
export async function catchUp(
  pool: pg.Pool,
  {
    budgetMs = Infinity,
    stopped = () => false,
    marksPerStep = MARKS_PER_STEP,
  }: Omit<AggregateOptions, 'retentionDays'> = {},
): Promise<{ userDays: number; done: boolean }> {
  const start = performance.now();
  let userDays = 0;
  let marks = marksPerStep;
  let wentThrough = 0;
  do {
    const step = await aggregateStep(pool, marks);
    userDays += step.userDays;
    if (step.last) return { userDays, done: true };
    wentThrough = step.tooMuch ? 0 : wentThrough + 1;
    // Heavy user-days come together, those of one day: what went through is a good guess for the next steps.
    if (step.tooMuch) marks = Math.ceil(marks / 4);
    else if (wentThrough % STEPS_UNTIL_LARGER === 0) marks = Math.min(marksPerStep, marks * 2);
  } while (performance.now() - start < budgetMs && !stopped());
  return { userDays, done: false };
}

/**
 * Brings the rollups up to date for a reader who does not want to wait much longer than `budgetMs`. Returns the
 * moment as of which the figures are complete: every record answered before it is in them.
 */
export async function freshen(pool: pg.Pool, budgetMs: number, marksPerStep = MARKS_PER_STEP): Promise<Date> {
  const asked = new Date();
  if ((await oldestMark(pool)) === null) return asked;
  const { done } = await catchUp(pool, { budgetMs, marksPerStep });
  return done ? asked : ((await oldestMark(pool)) ?? asked);
}
