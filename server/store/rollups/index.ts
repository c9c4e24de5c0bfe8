/**
 * Rollups follow the stored rows, user-day by user-day. One step takes some marks and computes anew all that
 * depends on these user-days, in one transaction: whoever reads sees the figures before or after it, and a step
 * that fails leaves its marks for the next.
 */
import type pg from 'pg';

import { inTransaction } from '../pool.ts';
import { recomputeFacts } from './facts.ts';
import { type UserDays, lockRollups, takeMarks, tuneStep } from './marks.ts';
import { recomputeSessions } from './sessions.ts';
import { prepareTaken, readTaken } from './taken.ts';
import { addToTotals } from './totals.ts';
import { recomputeUserDays } from './user-days.ts';
import { addNewcomers, addToFacets, recomputeUsers, takeOutOfFacets } from './users.ts';

export interface Step {
  /** How many user-days were brought up to date. */
  userDays: number;
  /** True where no mark is left that waited when the step began. */
  last: boolean;
}

/** Takes at most `limit` marks. */
export function aggregateStep(pool: pg.Pool, limit: number): Promise<Step> {
  return inTransaction(pool, async (client) => {
    await lockRollups(client);
    await tuneStep(client);
    const taken = await takeMarks(client, limit);
    const step = { userDays: taken.days.length, last: taken.all };
    if (step.userDays === 0) return step;
    await prepareTaken(client);
    await readTaken(client, taken);
    await recompute(client, taken);
    await recomputeUsers(client, taken.userIds);
    return step;
  });
}

/** Brings user-days in line with the records that were read of them. */
async function recompute(client: pg.ClientBase, taken: UserDays): Promise<void> {
  await addToTotals(client, taken, -1);
  await takeOutOfFacets(client, taken);
  await recomputeUserDays(client, taken);
  await addToFacets(client, taken);
  await addToTotals(client, taken, 1);
  await recomputeSessions(client, taken);
  await recomputeFacts(client, taken);
  await client.query('insert into dirty_days (day) select distinct unnest($1::date[])', [taken.days]);
}

/**
 * Takes a user out of every rollup, in the caller's transaction, before it deletes the user's records. Call it
 * first: it waits for a running step, which may hold what the caller would lock.
 */
export async function forgetUser(client: pg.ClientBase, userId: string): Promise<void> {
  await lockRollups(client);
  const { rows } = await client.query<{ day: string }>(
    `select day::text from user_days where user_id = $1 union select day::text from uncaught_crashes where user_id = $1`,
    [userId],
  );
  // As if the user had no records: none are read.
  await prepareTaken(client);
  await recompute(client, { userIds: rows.map(() => userId), days: rows.map((row) => row.day) });
  await addNewcomers(client, [userId], -1);
  for (const table of ['dirty_user_days', 'user_facets', 'user_environments']) {
    await client.query(`delete from ${table} where user_id = $1`, [userId]);
  }
}
