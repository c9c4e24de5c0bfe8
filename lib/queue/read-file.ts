/** Reads a queue file that may be in use: on a read-only connection, without changing or locking anything. */
import { existsSync } from 'node:fs';

import type { RecordKind } from '../record/batch.ts';
import { loadDriver } from './driver.ts';
import { versionOf } from './schema.ts';
import type { DeadLetter } from './types.ts';

export interface WaitingRecord {
  kind: RecordKind;
  eventId: string;
  /** Milliseconds since the epoch. */
  capturedAt: number;
  bytes: number;
  tries: number;
  /** Milliseconds since the epoch; 0: at once. While `isLeased`: when the lease runs out. */
  readyAt: number;
  /** A sender has it on its way. */
  isLeased: boolean;
  payload: string;
}

export interface QueueFile {
  /** In order of sending. */
  records: WaitingRecord[];
  deadLetters: DeadLetter[];
}

/** Throws an error with one plain sentence where there is no queue to read. */
export function readQueueFile(path: string): QueueFile {
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  const { driver, failures } = loadDriver();
  if (!driver) throw new Error(`no SQLite could be loaded (${failures.join('; ')})`);
  const database = driver.open(path, { readOnly: true });
  try {
    if (versionOf(database) === 0) return { records: [], deadLetters: [] };
    const rows = database
      .prepare(
        `select kind, event_id as eventId, captured_at as capturedAt, bytes, tries, ready_at as readyAt,
                lease_owner is not null as leased, payload
         from records order by kind, id`,
      )
      .all() as (Omit<WaitingRecord, 'isLeased'> & { leased: number })[];
    const deadLetters = database
      .prepare('select event_id as eventId, kind, payload, reason, at from dead_letters order by id')
      .all() as DeadLetter[];
    return {
      records: rows.map(({ leased, ...row }) => Object.assign(row, { isLeased: leased === 1 })),
      deadLetters,
    };
  } finally {
    database.close();
  }
}
