/**
 * Stores what requests submit, exactly once. Everything of a call happens in one transaction: tombstones,
 * duplicates, rows, marks for the aggregator, totals of what clients lost.
 */
import type pg from 'pg';

import type { Rejection, Verdict } from '../../lib/record/batch.ts';
import { hashUserId } from '../ingest/ids.ts';
import type { Refusal, Row, Submission } from '../ingest/submission.ts';
import { isDataError, isTransient } from './database-errors.ts';
import type { RecordTable } from './record-tables.ts';
import { lockUsersSql } from './user-lock.ts';

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
    return storeApart(pool, table, submissions, error);
  }
}

async function storeApart<R extends Row>(
  pool: pg.Pool,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
  error: unknown,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const submission of submissions) {
    if (submissions.length > 1) {
      verdicts.push(...(await storeSubmissions(pool, table, [submission])));
      continue;
    }
    const [first, ...rest] = submission.candidates;
    if (!first) throw error;
    if (rest.length === 0) {
      const { user_id: userId, event_id: eventId } = first.row;
      const code = table.columns.includes('crash_type' as keyof R & string)
        ? 'invalid_crash'
        : 'invalid_event';
      const refusal: Refusal = {
        index: first.index,
        event_id: eventId,
        code,
        userId,
        message: 'holds a value that cannot be stored',
      };
      verdicts.push(
        ...(await storeSubmissions(pool, table, [
          { ...submission, candidates: [], refusals: [...submission.refusals, refusal] },
        ])),
      );
      continue;
    }
    const half = Math.ceil(submission.candidates.length / 2);
    const parts = [
      { ...submission, candidates: submission.candidates.slice(0, half) },
      {
        ...submission,
        candidates: submission.candidates.slice(half),
        refusals: [],
        stripped: 0,
        dropped: null,
      },
    ];
    verdicts.push(merge(await storeSubmissions(pool, table, parts)));
  }
  return verdicts;
}

function merge(parts: Verdict[]): Verdict {
  return {
    accepted: sum(parts, 'accepted'),
    duplicates: sum(parts, 'duplicates'),
    stripped: sum(parts, 'stripped'),
    rejected: parts.flatMap(({ rejected }) => rejected).sort((a, b) => a.index - b.index),
  };
}

function sum(parts: Verdict[], key: 'accepted' | 'duplicates' | 'stripped'): number {
  return parts.reduce((total, part) => total + part[key], 0);
}

async function storeOnce<R extends Row>(
  pool: pg.Pool,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
): Promise<Verdict[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const erased = await begin(client, table, submissions);
    const verdicts = await store(client, table, submissions, erased);
    await client.query('commit');
    return verdicts;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Opens the transaction, takes the users' locks, and then, in sight of all that others committed, asks who is erased. */
async function begin<R extends Row>(
  client: pg.PoolClient,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
): Promise<Set<string>> {
  const users = new Map<string, string>();
  const add = (userId: string | null | undefined): void => {
    if (userId != null && !users.has(userId)) users.set(userId, hashUserId(userId));
  };
  for (const { candidates, refusals, dropped } of submissions) {
    for (const { row } of candidates) add(row.user_id);
    for (const { userId } of refusals) add(userId);
    add(dropped?.userId);
  }
  // Numbers and hex digits made here: safe to write into one string, which spares two round trips.
  const hashes = [...users.values()].map((hash) => `'\\x${hash}'`).join(',');
  const results = (await client.query(
    `begin; ${lockUsersSql(users.keys(), table.lock)};
     select encode(user_hash, 'hex') as hash from erased_users where user_hash in (${hashes || 'null'})`,
  )) as unknown as pg.QueryResult<{ hash: string }>[];
  const erased = new Set(results.at(-1)!.rows.map(({ hash }) => hash));
  return erased.size === 0
    ? erased
    : new Set([...users].filter(([, hash]) => erased.has(hash)).map(([userId]) => userId));
}

async function store<R extends Row>(
  client: pg.PoolClient,
  table: RecordTable<R>,
  submissions: readonly Submission<R>[],
  erased: ReadonlySet<string>,
): Promise<Verdict[]> {
  const candidates = submissions
    .flatMap((submission) => submission.candidates)
    .filter(({ row }) => !erased.has(row.user_id));
  const seen = await findSeen(client, table, candidates);
  const fresh = new Map<string, R>();
  for (const { row, tooOld } of candidates) {
    const key = keyOf(row);
    if (!tooOld && !seen.has(key) && !fresh.has(key)) fresh.set(key, row);
  }
  const inserted = await insertRows(client, table, [...fresh.values()]);
  await mark(
    client,
    [...inserted].map((key) => fresh.get(key)!),
  );
  await keepDropped(client, submissions, erased);
  return submissions.map((submission) => answer(submission, erased, seen, inserted));
}

const keyOf = ({ user_id: userId, event_id: eventId }: { user_id: string; event_id: string }): string =>
  `${userId} ${eventId}`;

interface KeyRow {
  user_id: string;
  event_id: string;
}

/** Keys that are known already where the insert alone would not notice: in the other table, or too old to insert. */
async function findSeen<R extends Row>(
  client: pg.PoolClient,
  table: RecordTable<R>,
  candidates: readonly { row: R; tooOld: boolean }[],
): Promise<Set<string>> {
  const seen = new Set<string>();
  const look = async (sql: string, rows: readonly R[]): Promise<void> => {
    if (rows.length === 0) return;
    const keys = [rows.map((row) => row.user_id), rows.map((row) => row.event_id)];
    for (const row of (await client.query<KeyRow>(sql, keys)).rows) seen.add(keyOf(row));
  };
  await look(
    table.seenElsewhere,
    candidates.map(({ row }) => row),
  );
  await look(
    table.seenHere,
    candidates.filter(({ tooOld }) => tooOld).map(({ row }) => row),
  );
  return seen;
}

/** Returns the keys of the rows that were not there. */
async function insertRows<R extends Row>(
  client: pg.PoolClient,
  table: RecordTable<R>,
  rows: R[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  // In one order everywhere: two transactions with the same rows would otherwise wait for each other.
  rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const values = table.columns.map((column) => rows.map((row) => row[column]));
  const { rows: inserted } = await client.query<KeyRow>(table.insert, values);
  return new Set(inserted.map((row) => keyOf(row)));
}

/** Tells the aggregator which user-days changed. */
async function mark(client: pg.PoolClient, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const days = new Map(rows.map((row) => [`${row.user_id} ${row.timestamp.slice(0, 10)}`, row] as const));
  await client.query(
    'insert into dirty_user_days (user_id, day) select * from unnest($1::uuid[], $2::date[])',
    [[...days.values()].map((row) => row.user_id), [...days.keys()].map((key) => key.slice(-10))],
  );
}

async function keepDropped<R extends Row>(
  client: pg.PoolClient,
  submissions: readonly Submission<R>[],
  erased: ReadonlySet<string>,
): Promise<void> {
  const totals = new Map<string, [userId: string, reason: string, total: number]>();
  for (const { dropped } of submissions) {
    if (!dropped || erased.has(dropped.userId)) continue;
    for (const [reason, total] of Object.entries(dropped.totals)) {
      const key = `${dropped.userId} ${reason}`;
      totals.set(key, [dropped.userId, reason, Math.max(total, totals.get(key)?.[2] ?? 0)]);
    }
  }
  if (totals.size === 0) return;
  const rows = [...totals.keys()].sort().map((key) => totals.get(key)!);
  // Running totals only grow: an older request that arrives late changes nothing.
  await client.query(
    `insert into client_dropped (user_id, reason, total)
     select * from unnest($1::uuid[], $2::text[], $3::bigint[])
     on conflict (user_id, reason) do update
     set total = greatest(client_dropped.total, excluded.total), updated_at = now()`,
    [rows.map(([userId]) => userId), rows.map(([, reason]) => reason), rows.map(([, , total]) => total)],
  );
}

/**
 * The verdict on one submission. `inserted` gives each key once, to the first record that carries it, and it
 * counts as `seen` from then on: later ones, in this or another submission of the same call, are duplicates.
 */
function answer<R extends Row>(
  { candidates, refusals, stripped }: Submission<R>,
  erased: ReadonlySet<string>,
  seen: Set<string>,
  inserted: Set<string>,
): Verdict {
  const verdict: Verdict = { accepted: 0, duplicates: 0, stripped, rejected: [] };
  const reject = (rejection: Rejection): void => {
    verdict.rejected.push(rejection);
  };
  for (const { userId, ...refusal } of refusals) {
    reject(
      userId !== null && erased.has(userId) ? erasedRejection(refusal.index, refusal.event_id) : refusal,
    );
  }
  for (const { index, row, tooOld } of candidates) {
    const key = keyOf(row);
    if (erased.has(row.user_id)) reject(erasedRejection(index, row.event_id));
    else if (!tooOld && inserted.delete(key)) {
      seen.add(key);
      verdict.accepted += 1;
    } else if (tooOld && !seen.has(key)) {
      reject({
        index,
        event_id: row.event_id,
        code: 'too_old',
        message: 'timestamp: older than the retention',
      });
    } else verdict.duplicates += 1;
  }
  verdict.rejected.sort((a, b) => a.index - b.index);
  return verdict;
}

function erasedRejection(index: number, eventId: string | null): Rejection {
  return { index, event_id: eventId, code: 'erased', message: 'user_id: this user asked to be erased' };
}
