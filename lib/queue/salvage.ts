/** Reads out of a damaged queue file what can still be read. */
import { readFileSync, statSync } from 'node:fs';

import type { TelemetryRecord } from '../record/batch.ts';
import type { SqliteDatabase, SqliteDriver } from './driver.ts';
import { type FullRow, fromRow } from './sqlite-store.ts';
import { EMPTY_CONTENTS, type StoreContents, type StoredRecord } from './store.ts';
import type { DeadLetter } from './types.ts';

/** A queue is bounded far below this; something else is not worth reading through. Bytes. */
const MAX_CARVED_BYTES = 64 * 2 ** 20;

/** No record is longer: a crash's texts and context at their limits. Bytes. */
const MAX_PAYLOAD_BYTES = 512 * 1024;

/** How a payload begins in the file; `event_id` is the first field of every record. */
const PAYLOAD_START = Buffer.from('{"event_id":"');

/**
 * First through SQLite, from both ends of the table up to the damage. Where that met an error, the rest is looked
 * for in the bytes of the file and its WAL: a payload that lies within one page is found whole. That may bring back
 * a record that was sent already; the server knows it by its id. Never throws.
 */
export function salvage(
  driver: SqliteDriver,
  path: string,
): { contents: StoreContents; isComplete: boolean } {
  const records = new Map<string, StoredRecord>();
  let contents = EMPTY_CONTENTS;
  let isComplete = false;
  let database: SqliteDatabase | null = null;
  try {
    database = driver.open(path);
    isComplete = readRecords(database, records);
    contents = readRest(database);
  } catch {
    // Not even the first page can be read.
  } finally {
    database?.close();
  }
  if (!isComplete) for (const file of [path, `${path}-wal`]) carve(file, records);
  return { contents: { ...contents, records: [...records.values()] }, isComplete };
}

function readRecords(database: SqliteDatabase, found: Map<string, StoredRecord>): boolean {
  const read = (order: 'asc' | 'desc'): boolean => {
    const rows: StoredRecord[] = [];
    let isComplete = true;
    try {
      for (const row of database.prepare(`select * from records order by id ${order}`).iterate()) {
        if (isSound(row)) rows.push(fromRow(row));
        else isComplete = false;
      }
    } catch {
      isComplete = false;
    }
    if (order === 'desc') rows.reverse();
    for (const row of rows) found.set(row.eventId, row);
    return isComplete;
  };
  return read('asc') || (read('desc') && false);
}

/** The columns agree with the payload, so neither was overwritten. */
function isSound(row: unknown): row is FullRow {
  const { kind, event_id, captured_at, ready_at, tries, payload } = row as FullRow;
  const record = parsePayload(payload);
  return (
    record !== null &&
    record.kind === kind &&
    record.eventId === event_id &&
    [captured_at, ready_at, tries].every((value) => Number.isSafeInteger(value))
  );
}

function readRest(database: SqliteDatabase): StoreContents {
  const read = <T>(sql: string): T[] => {
    try {
      return database.prepare(sql).all() as T[];
    } catch {
      return [];
    }
  };
  const dropped = read<{ reason: string; total: number }>('select reason, total from dropped');
  const state = read<{ key: string; value: string }>('select key, value from state');
  return {
    records: [],
    deadLetters: read<DeadLetter>(
      'select event_id as eventId, kind, payload, reason, at from dead_letters order by id',
    ),
    dropped: Object.fromEntries(
      dropped.filter(({ total }) => Number.isSafeInteger(total)).map(({ reason, total }) => [reason, total]),
    ),
    state: Object.fromEntries(
      state.filter(({ value }) => isJson(value)).map(({ key, value }) => [key, value]),
    ),
  };
}

function carve(file: string, found: Map<string, StoredRecord>): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > MAX_CARVED_BYTES) return;
  const bytes = readFileSync(file);
  let start = bytes.indexOf(PAYLOAD_START);
  while (start !== -1) {
    const end = endOfObject(bytes, start);
    const record = end === null ? null : parsePayload(bytes.toString('utf8', start, end));
    if (record && !found.has(record.eventId)) found.set(record.eventId, record);
    start = bytes.indexOf(PAYLOAD_START, start + 1);
  }
}

/** Where the JSON object that begins at `start` ends, or null where it does not within the bounds. */
function endOfObject(bytes: Buffer, start: number): number | null {
  let depth = 0;
  let isInString = false;
  const limit = Math.min(bytes.length, start + MAX_PAYLOAD_BYTES);
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at]!;
    // JSON holds no control characters: here the payload ends in something else.
    if (byte < 0x20) return null;
    if (isInString) {
      if (byte === 0x5c /* \ */) at += 1;
      else if (byte === 0x22 /* " */) isInString = false;
    } else if (byte === 0x22) isInString = true;
    else if (byte === 0x7b /* { */) depth += 1;
    else if (byte === 0x7d /* } */) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

function parsePayload(payload: unknown): StoredRecord | null {
  if (typeof payload !== 'string') return null;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  return {
    kind: 'event' in value ? 'event' : 'crash',
    eventId: value.event_id,
    capturedAt: Date.parse(value.timestamp),
    readyAt: 0,
    tries: 0,
    payload,
  };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As far as it matters here: the server checks each field of what it is sent. */
function isRecord(value: unknown): value is TelemetryRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { event_id, user_id, timestamp, app_version, event, properties, crash_type, error_message } =
    value as Record<string, unknown>;
  return (
    [event_id, user_id].every((id) => typeof id === 'string' && UUID.test(id)) &&
    typeof timestamp === 'string' &&
    !Number.isNaN(Date.parse(timestamp)) &&
    typeof app_version === 'string' &&
    (event === undefined
      ? typeof crash_type === 'string' && typeof error_message === 'string'
      : typeof event === 'string' && typeof properties === 'object' && properties !== null)
  );
}

function isJson(text: unknown): boolean {
  try {
    JSON.parse(String(text));
    return true;
  } catch {
    return false;
  }
}
