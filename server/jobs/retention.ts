/** Removes what is older than the retention, in small steps, so that nobody waits long for a lock. */
import type pg from 'pg';

import { inTransaction } from '../store/pool.ts';
import { deleteRecords, expiredRecords, forgetLosses } from '../store/expired.ts';
import { shrinkMarks } from '../store/rollups/marks.ts';

export interface RetentionReport {
  events: number;
  crashes: number;
}

export interface RetentionOptions {
  retentionDays: number;
  /** Milliseconds since the epoch. Default: now. */
  now?: number;
  /** Asked between steps; true ends the work early. */
  stopped?: () => boolean;
}

/** Any number will do, as long as every server takes the same. */
const RETENTION_LOCK = 7_605_004;
/** About 20 ms of work. */
const RECORDS_PER_STEP = 2_000;
const DAY_MS = 86_400_000;

/**
 * Removes records of days that lie wholly before the retention, and marks those days, so that the aggregator
 * takes them out of the rollups too. Null where another server is at it. Also gives back space that is no longer used.
 */
export function removeExpired(pool: pg.Pool, options: RetentionOptions): Promise<RetentionReport | null> {
  const { retentionDays, now = Date.now(), stopped = () => false } = options;
  const before = new Date((Math.floor(now / DAY_MS) - retentionDays) * DAY_MS);
  // This transaction only reads and holds the lock; each step commits on a connection of its own.
  return inTransaction(pool, async (reader) => {
    const { rows } = await reader.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [
      RETENTION_LOCK,
    ]);
    if (!rows[0]!.mine) return null;
    const report: RetentionReport = { events: 0, crashes: 0 };
    for (const table of ['events', 'crashes'] as const) {
      for await (const keys of expiredRecords(reader, table, before, RECORDS_PER_STEP)) {
        if (stopped()) return report;
        report[table] += await inTransaction(pool, (client) => deleteRecords(client, table, keys));
      }
    }
    await forgetLosses(pool, before);
    await shrinkMarks(pool);
    return report;
  });
}
