/**
 * Rollups follow the stored rows, user-day by user-day. One step takes some marks and computes anew all that
 * depends on these user-days, in one transaction: whoever reads sees the figures before or after it, and a step
 * that fails leaves its marks for the next.
 */
import type pg from 'pg';

import { isTimeout } from '../database-errors.ts';
import { inTransaction } from '../pool.ts';
import { NO_COHORTS, changeCohorts, readCohorts } from './cohorts.ts';
import { addFacts } from './facts.ts';
import { updateHistories } from './histories.ts';
import type { Computed } from './history-days.ts';
import { type UserDays, lockRollups, takeMarks, tuneStep } from './marks.ts';
import { addSessions, removeSessions, splitSessions } from './sessions.ts';
import { MAX_EVENTS_PER_STEP, prepareTaken, readTaken, TooManyEvents } from './taken.ts';
import { addToTotals } from './totals.ts';
import { addUserDays } from './user-days.ts';
import { addToFacets, recomputeUsers, takeOutOfFacets } from './users.ts';

export interface Step {
  /** How many user-days were brought up to date. */
  userDays: number;
  /** True where no mark is left that waited when the step began. */
  last: boolean;
  /** Nothing was done, as the user-days hold too much for one step: take fewer marks. */
  tooMuch: boolean;
}

/** Takes at most `limit` marks, whose user-days have at most `maxEvents` events where they are several. */
export async function aggregateStep(
  pool: pg.Pool,
  limit: number,
  maxEvents = MAX_EVENTS_PER_STEP,
): Promise<Step> {
  try {
    return await inTransaction(pool, (client) => takeStep(client, limit, maxEvents));
  } catch (error) {
    if (limit > 1 && (error instanceof TooManyEvents || isTimeout(error))) {
      return { userDays: 0, last: false, tooMuch: true };
    }
    throw error;
  }
}

async function takeStep(client: pg.ClientBase, limit: number, maxEvents: number): Promise<Step> {
  await lockRollups(client);
  await tuneStep(client);
  const taken = await takeMarks(client, limit);
  const step = { userDays: taken.days.length, last: taken.all, tooMuch: false };
  if (step.userDays === 0) return step;
  await prepareTaken(client);
  await readTaken(client, taken, maxEvents);
  const computed = await recompute(client, taken);
  // Before users without records are forgotten: their histories tell what is to be taken off.
  await updateHistories(client, taken, computed);
  await recomputeUsers(client, taken);
  return step;
}

/** Brings user-days in line with the records that were read of them. */
async function recompute(client: pg.ClientBase, taken: UserDays): Promise<Computed> {
  const known = await knownOf(client, taken);
  if (known.days.length > 0) await takeOut(client, known);
  const days = await addUserDays(client);
  const firsts = await addToFacets(client, taken);
  await addSessions(client);
  await splitSessions(client);
  await addToTotals(client, taken, 1);
  const facts = await addFacts(client);
  await client.query('insert into dirty_days (day) select distinct unnest($1::date[])', [taken.days]);
  return { firsts, days, facts };
}

/**
 * Those of the user-days that rollups hold already. Most are new while the aggregator catches up. Comes before all that
 * writes: Citus refuses a step whose first statement after the marks writes to a table that all nodes have.
 */
async function knownOf(client: pg.ClientBase, { userIds, days }: UserDays): Promise<UserDays> {
  const { rows } = await client.query<{ user_id: string; day: string }>(KNOWN, [userIds, days]);
  return { userIds: rows.map((row) => row.user_id), days: rows.map((row) => row.day) };
}

/** A user-day with crashes alone has no row in `user_days`. */
const KNOWN = `
  with taken as (select * from unnest($1::uuid[], $2::date[]) as taken (user_id, day))
  select user_id, day::text from user_days join taken using (user_id, day)
  union
  select user_id, day::text from uncaught_crashes join taken using (user_id, day)`;

async function takeOut(client: pg.ClientBase, known: UserDays): Promise<void> {
  await addToTotals(client, known, -1);
  await takeOutOfFacets(client, known);
  await removeSessions(client, known);
  for (const table of ['user_days', 'auto_paste_toggles', 'uncaught_crashes']) {
    await client.query(
      `delete from ${table} using unnest($1::uuid[], $2::date[]) as known (user_id, day)
       where ${table}.user_id = known.user_id and ${table}.day = known.day`,
      [known.userIds, known.days],
    );
  }
}

/**
 * Takes a user out of every rollup, in the caller's transaction, before it deletes the user's records. Call it
 * first: it waits for a running step, which may hold what the caller would lock.
 */
export async function forgetUser(client: pg.ClientBase, userId: string): Promise<void> {
  await lockRollups(client);
  const { rows } = await client.query<{ day: string }>(
    `select generate_series(lower(spell), upper(spell) - 1, interval '1 day')::date::text as day
     from user_facets, unnest(days) as spell where user_id = $1
     union
     select day::text from uncaught_crashes where user_id = $1`,
    [userId],
  );
  // As if the user had no records: none are read.
  await prepareTaken(client);
  const known = { userIds: rows.map(() => userId), days: rows.map((row) => row.day) };
  await updateHistories(client, known, await recompute(client, known));
  const cohorts = await readCohorts(client, { userIds: [], days: [], whole: [userId] });
  await changeCohorts(client, cohorts, NO_COHORTS);
  for (const table of ['dirty_user_days', 'user_facets', 'user_environments', 'user_histories']) {
    await client.query(`delete from ${table} where user_id = $1`, [userId]);
  }
}
