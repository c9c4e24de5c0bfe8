/** The queue's face: what `telemetry.ts` and `delivery/sender.ts` may rely on. Built in `queue.ts`. */
import type { DroppedTotals, RecordKind, TelemetryRecord } from '../record/batch.ts';
import type { SqliteDriver } from './driver.ts';

export interface QueueOptions {
  /** Folder of `queue.db`; made where it is missing. */
  dataDir: string;
  /** Waiting records at most; oldest usage events go first, crashes last. */
  maxRecords: number;
  /** Bytes of waiting payloads at most. */
  maxBytes: number;
  /** Records older than this are dropped. Days. */
  maxAgeDays: number;
  /** Each kind of warning once, for the app's log. */
  warn: (kind: string, message: string) => void;
  /** Milliseconds since the epoch. Default `Date.now`; tests set the clock. */
  now?: () => number;
  /** The SQLite to use, null for none. Default: better-sqlite3, else node:sqlite, else none. */
  driver?: SqliteDriver | null;
}

/** A record that one sender holds until it settles or releases it, or `leaseMs` pass without a renewal. */
export interface LeasedRecord {
  readonly rowId: number;
  readonly eventId: string;
  readonly kind: RecordKind;
  /** JSON of the record, exactly as it will travel. */
  readonly payload: string;
  /** UTF-8 length of `payload`. */
  readonly bytes: number;
  /** How often it was sent before without being settled. */
  readonly tries: number;
}

export interface LeaseRequest {
  kind: RecordKind;
  /** This sender's name: unique per process and run. */
  owner: string;
  maxRecords: number;
  /** Sum of payload bytes; the first record is given even where it alone is larger. */
  maxBytes: number;
  leaseMs: number;
  /** Lease only records whose next try is due. Default true; `flush()` sets false. */
  dueOnly?: boolean;
}

export interface QueueCounts {
  events: number;
  crashes: number;
  bytes: number;
  /** Moment of capture of the oldest waiting record, milliseconds since the epoch. */
  oldest: number | null;
  deadLetters: number;
}

export interface DeadLetter {
  eventId: string;
  kind: RecordKind;
  payload: string;
  reason: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Every method is synchronous: on return, what it says is in the file. */
export interface RecordQueue {
  readonly storage: 'better-sqlite3' | 'node:sqlite' | 'memory';
  /** One sentence a problem (damaged file set aside, disk full), empty when all is well. */
  problems(): string[];

  /**
   * Stores one record, trims to the limits (counting what goes), never throws: where the file cannot
   * be written, the bounded memory queue takes over and `problems()` says so. Crashes are synced to the disk.
   */
  add(kind: RecordKind, record: TelemetryRecord): void;

  lease(request: LeaseRequest): LeasedRecord[];
  /** Extends the lease; false where a record is gone or leased by another (its answer still settles, harmlessly). */
  renew(owner: string, rowIds: readonly number[], leaseMs: number): boolean;
  /** Removes records that the server answered for. */
  settle(rowIds: readonly number[]): void;
  /** Gives records back, to be tried again at `nextTryAt` (milliseconds since the epoch). Counts a try. */
  release(rowIds: readonly number[], nextTryAt: number): void;
  /** Sets a record aside that the server refuses alone; counted as dropped with this reason. */
  bury(rowId: number, reason: string): void;

  counts(): QueueCounts;
  /**
   * Milliseconds since the epoch from which a record can be leased: not after now where one is due; a lease counts
   * with the moment at which it runs out. Null when empty.
   */
  nextDueAt(): number | null;
  /** The next records in order of sending: crashes first, then by age. */
  peek(limit: number): TelemetryRecord[];
  all(): TelemetryRecord[];
  deadLetters(): DeadLetter[];

  /** Deletes waiting records and dead letters of a kind, files set aside too; gone from file and WAL on return. */
  purge(kind: RecordKind): { records: number };

  countDropped(reason: string, count?: number): void;
  droppedTotals(): DroppedTotals;

  /** Small values that live with the queue: retry state, last send, pending erasures. JSON, ≤ 64 KiB each. */
  getState<T>(key: string): T | null;
  setState(key: string, value: unknown): void;

  close(): void;
}
