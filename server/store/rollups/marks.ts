/** The user-days that wait to be aggregated (table `dirty_user_days`), and whose turn it is. */
import { type ClientBase, DatabaseError, type Pool } from 'pg';

import { inTransaction } from '../pool.ts';

/** User-days as two columns, the way statements take them. */
export interface UserDays {
  userIds: string[];
  days: string[];
}

/** Any number will do, as long as every server takes the same. */
const AGGREGATION_LOCK = 7_605_003;

/**
 * Lets one transaction at a time change rollups, among all servers: of two that read the same user-day, the one
 * that read first could otherwise write last. Kept until the transaction ends.
 */
export async function lockRollups(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [AGGREGATION_LOCK]);
}

/**
 * Settings of a step's transaction. It finds rows by their index, always: the planner cannot know that some
 * thousand user-days are a small part of a large table, and would read all of it, step after step. It does not
 * wait for the disk: marks and rollups are lost together, if at all, and the next step finds the marks again.
 */
export async function tuneStep(client: ClientBase): Promise<void> {
  await client.query(
    'set local enable_seqscan = off; set local jit = off; set local synchronous_commit = off',
  );
}

export interface TakenMarks extends UserDays {
  /** Whether these were all that waited at the start of this step. */
  all: boolean;
}

/**
 * Takes at most `limit` marks, oldest day first, and deletes them. Whoever reads the rows of these user-days
 * afterwards, in a later statement, sees all that was committed with the marks; what is committed later brings
 * marks of its own.
 */
export async function takeMarks(client: ClientBase, limit: number): Promise<TakenMarks> {
  const { rows } = await client.query<{ user_id: string; day: string; marks: number }>(
    `select user_id, day::text, count(*)::int as marks
     from (select user_id, day from dirty_user_days order by day, user_id limit $1) first_marks
     group by user_id, day`,
    [limit],
  );
  const userIds = rows.map((row) => row.user_id);
  const days = rows.map((row) => row.day);
  if (rows.length > 0) {
    await client.query(
      `delete from dirty_user_days marks
       using unnest($1::uuid[], $2::date[]) as taken (user_id, day)
       where marks.user_id = taken.user_id and marks.day = taken.day`,
      [userIds, days],
    );
  }
  return { userIds, days, all: rows.reduce((sum, row) => sum + row.marks, 0) < limit };
}

/** When the longest waiting mark was made; null where none waits. */
export async function oldestMark(client: ClientBase | Pool): Promise<Date | null> {
  const { rows } = await client.query<{ oldest: Date | null }>(
    'select min(marked_at) as oldest from dirty_user_days',
  );
  return rows[0]?.oldest ?? null;
}

/** Bytes from which an index of few marks is worth making anew. */
const WORTHWHILE = 1_024 * 1_024;
/** Marks that are indexed again within some milliseconds. */
const FEW = 10_000;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Gives back what a flood of marks left: vacuum shrinks the table, never its index. Ingestion waits for this at most
 * 100 ms; where that is not enough, or many marks wait, the next run does it. On a cluster the nodes' parts stay as they are.
 */
export async function shrinkMarks(pool: Pool): Promise<void> {
  try {
    await inTransaction(pool, async (client) => {
      const size = await client.query<{ large: boolean }>(
        `select pg_relation_size('dirty_user_days_day') > $1 as large`,
        [WORTHWHILE],
      );
      if (!size.rows[0]!.large) return;
      const { rowCount: more } = await client.query('select from dirty_user_days limit 1 offset $1', [FEW]);
      if (more !== 0) return;
      await client.query(`set local lock_timeout = '100ms'; reindex index dirty_user_days_day`);
    });
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE)) throw error;
  }
}
