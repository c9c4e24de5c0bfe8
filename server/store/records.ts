/**
 * Stores what requests submit, exactly once. A call is one statement and so one transaction: who is erased, what
 * is known already, the rows, the marks for the aggregator.
 */
import type pg from 'pg';

import type { Verdict } from '../../lib/record/batch.ts';
import type { Row, Submission } from '../ingest/submission.ts';
import { type Outcome, answer, keyOf } from '../ingest/verdict.ts';
import { isDataError, isTransient } from './database-errors.ts';
import type { RecordTable } from './record-tables.ts';
import { locksOf } from './user-lock.ts';

/**
 * Stores submissions together, in their order, and answers each. Where PostgreSQL refuses a value that the
 * checks let through, only the record that holds it is rejected.
 */
export async function storeSubmissions<R extends Row>(
  pool: pg.Pool,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
): Promise<Verdict[]> {
  try {
    return await storeOnce(pool, table, submissions);
  } catch (error) {
    if (isTransient(error)) return storeOnce(pool, table, submissions);
    if (!isDataError(error)) throw error;
    return storeApart(pool, table, submissions);
  }
}

async function storeOnce<R extends Row>(
  pool: pg.Pool,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
): Promise<Verdict[]> {
  const outcome = await storeRows(pool, table, submissions);
  await keepDropped(pool, submissions);
  return submissions.map((submission) => answer(submission, outcome));
}

interface StoredRow {
  erased: string[];
  stored: number[] | null;
  known: number[] | null;
}

async function storeRows<R extends Row>(
  pool: pg.Pool,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
): Promise<Outcome> {
  const { users, candidates } = collect(submissions);
  // In one order everywhere: two batches with the same rows would otherwise wait for each other.
  const keys = [...candidates.keys()].sort();
  const sorted = keys.map((key) => candidates.get(key)!);
  const { rows } = await pool.query<StoredRow>(table.store, [
    locksOf(users),
    [...users],
    sorted.map(({ tooOld }) => tooOld),
    ...table.columns.map((column) => sorted.map(({ row }) => row[column])),
  ]);
  const { erased, stored, known } = rows[0]!;
  const keysAt = (positions: readonly number[]): string[] => positions.map((position) => keys[position - 1]!);
  return {
    erased: new Set(erased),
    stored: new Set(stored === null ? keys : keysAt(stored)),
    known: new Set(keysAt(known ?? [])),
  };
}

/** Each key once: the first record that may be stored, else the first that is too old. */
function collect<R extends Row>(submissions: readonly Submission<R>[]) {
  const users = new Set<string>();
  const candidates = new Map<string, { row: R; tooOld: boolean }>();
  for (const submission of submissions) {
    for (const { userId } of submission.refusals) if (userId !== null) users.add(userId);
    for (const { row, tooOld } of submission.candidates) {
      users.add(row.user_id);
      const key = keyOf(row);
      const other = candidates.get(key);
      if (!other || (other.tooOld && !tooOld)) candidates.set(key, { row, tooOld });
    }
  }
  return { users, candidates };
}

/** Keeps what clients say they lost, where any of them says so. */
async function keepDropped<R extends Row>(
  pool: pg.Pool,
  submissions: readonly Submission<R>[],
): Promise<void> {
  const totals = new Map<string, [userId: string, reason: string, total: number]>();
  for (const { dropped } of submissions) {
    for (const [reason, total] of Object.entries(dropped?.totals ?? {})) {
      const key = `${dropped!.userId} ${reason}`;
      totals.set(key, [dropped!.userId, reason, Math.max(total, totals.get(key)?.[2] ?? 0)]);
    }
  }
  if (totals.size === 0) return;
  const rows = [...totals.keys()].sort().map((key) => totals.get(key)!);
  await pool.query('select keep_dropped($1, $2, $3, $4)', [
    locksOf(rows.map(([userId]) => userId)),
    rows.map(([userId]) => userId),
    rows.map(([, reason]) => reason),
    rows.map(([, , total]) => total),
  ]);
}

/** Finds the record that cannot be stored by halving, rejects it and stores all others. */
async function storeApart<R extends Row>(
  pool: pg.Pool,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
): Promise<Verdict[]> {
  const [submission, ...others] = submissions;
  if (submission === undefined) return [];
  if (others.length > 0) {
    const verdicts: Verdict[] = [];
    for (const each of submissions) verdicts.push(...(await storeSubmissions(pool, table, [each])));
    return verdicts;
  }
  const { candidates } = submission;
  if (candidates.length <= 1) return storeOnce(pool, table, [refuseAll(submission, table)]);
  const half = Math.ceil(candidates.length / 2);
  const parts = await storeSubmissions(pool, table, [
    { ...submission, candidates: candidates.slice(0, half) },
    { candidates: candidates.slice(half), refusals: [], stripped: 0, dropped: null },
  ]);
  return [merge(parts)];
}

function refuseAll<R extends Row>(submission: Submission<R>, table: RecordTable<R>): Submission<R> {
  const refused = submission.candidates.map(({ index, row }) => ({
    index,
    event_id: row.event_id,
    code: table.invalid,
    message: 'holds a value that cannot be stored',
    userId: row.user_id,
  }));
  return { ...submission, candidates: [], refusals: [...submission.refusals, ...refused] };
}

function merge(parts: readonly Verdict[]): Verdict {
  const sum = (key: 'accepted' | 'duplicates' | 'stripped'): number =>
    parts.reduce((total, part) => total + part[key], 0);
  return {
    accepted: sum('accepted'),
    duplicates: sum('duplicates'),
    stripped: sum('stripped'),
    rejected: parts.flatMap(({ rejected }) => rejected).sort((a, b) => a.index - b.index),
  };
}
