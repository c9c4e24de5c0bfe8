/** What SQLite and memory stores have in common: the queue without its guard against failing disks. */
import type { RecordKind } from '../record/batch.ts';
import type { DeadLetter, QueueOptions, RecordQueue } from './types.ts';

export interface StoredRecord {
  kind: RecordKind;
  eventId: string;
  /** Milliseconds since the epoch. */
  capturedAt: number;
  /** Milliseconds since the epoch before which it is not sent again; 0 for a fresh one. */
  readyAt: number;
  tries: number;
  payload: string;
}

/** All that a store holds, for carrying it over to another one. */
export interface StoreContents {
  records: StoredRecord[];
  deadLetters: DeadLetter[];
  dropped: Record<string, number>;
  /** JSON by key. */
  state: Record<string, string>;
}

export const EMPTY_CONTENTS: StoreContents = { records: [], deadLetters: [], dropped: {}, state: {} };

/** Methods throw where the file fails; `queue.ts` decides what to do then. */
export interface Store extends Omit<RecordQueue, 'problems' | 'add'> {
  insert(record: StoredRecord): void;
  /** Drops what exceeds the limits or is too old, counting it. */
  enforceLimits(): void;
  /** Adds to what is there: totals are added up, state is replaced. */
  take(contents: StoreContents): void;
  contents(): StoreContents;
}

export type StoreOptions = Required<Pick<QueueOptions, 'maxRecords' | 'maxBytes' | 'maxAgeDays' | 'now'>>;

/** Drop reasons that the queue itself counts. */
export const QUEUE_FULL = 'queue_full';
export const EXPIRED = 'expired';
export const DAMAGED = 'damaged';

/** Dead letters kept for inspection, newest: enough to see what is wrong. */
export const MAX_DEAD_LETTERS = 50;

/**
 * No lease and no delay reaches further than these, in milliseconds. A moment that lies further ahead was written
 * before the clock was set back, and has passed.
 */
export const MAX_LEASE_MS = 2 * 60_000;
export const MAX_DELAY_MS = 24 * 60 * 60_000;

export const DAY_MS = 24 * 60 * 60_000;

/** The first records that fit together into a batch; the first one always does. */
export function fillBatch<T extends { bytes: number }>(candidates: Iterable<T>, maxBytes: number): T[] {
  const batch: T[] = [];
  let bytes = 0;
  for (const candidate of candidates) {
    bytes += candidate.bytes;
    if (batch.length > 0 && bytes > maxBytes) break;
    batch.push(candidate);
  }
  return batch;
}

export interface Excess {
  records: number;
  bytes: number;
}

export function isOver({ records, bytes }: Excess): boolean {
  return records > 0 || bytes > 0;
}

/** The first of `candidates` that must go until nothing is in excess any more; lowers `excess` by them. */
export function chooseVictims<T extends { bytes: number }>(candidates: Iterable<T>, excess: Excess): T[] {
  const victims: T[] = [];
  if (!isOver(excess)) return victims;
  for (const candidate of candidates) {
    victims.push(candidate);
    excess.records -= 1;
    excess.bytes -= candidate.bytes;
    if (!isOver(excess)) break;
  }
  return victims;
}
