/** The queue on a SQLite file, shared with other processes. */
import type { DroppedTotals, RecordKind, TelemetryRecord } from '../record/batch.ts';
import { Connection } from './connection.ts';
import type { SqliteDriver } from './driver.ts';
import { nextRecordId } from './record-id.ts';
import { SqliteLimits } from './sqlite-limits.ts';
import type { Statements } from './statements.ts';
import {
  DAMAGED,
  fillBatch,
  MAX_DEAD_LETTERS,
  MAX_DELAY_MS,
  MAX_LEASE_MS,
  type Store,
  type StoreContents,
  type StoredRecord,
  type StoreOptions,
} from './store.ts';
import { type RemovedRow, Tallies } from './tallies.ts';
import type { DeadLetter, LeasedRecord, LeaseRequest, QueueCounts } from './types.ts';

export class SqliteStore implements Store {
  readonly storage: SqliteDriver['name'];
  readonly #connection: Connection;
  readonly #sql: Statements;
  readonly #tallies: Tallies;
  readonly #limits: SqliteLimits;
  readonly #now: () => number;
  #lastId = 0;

  /** Throws where the file cannot be opened, is damaged, or is not a queue (`failureOf` says which). */
  constructor(driver: SqliteDriver, path: string, options: StoreOptions, patienceMs: number) {
    this.storage = driver.name;
    this.#now = options.now;
    this.#connection = new Connection(driver, path, patienceMs);
    this.#sql = this.#connection.sql;
    this.#tallies = new Tallies(this.#connection);
    this.#limits = new SqliteLimits(this.#connection, this.#tallies, options);
    try {
      // Only reads: the limits are enforced at the first use, so that an app's start waits for no write.
      this.#tallies.refresh();
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /** How long a call waits for other processes. Milliseconds. */
  setPatience(milliseconds: number): void {
    this.#connection.setPatience(milliseconds);
  }

  insert(record: StoredRecord): void {
    this.#limits.expireWhenDue();
    // A crash must outlast the power supply too.
    if (record.kind === 'crash') this.#connection.synced(() => this.#insertRow(record));
    else this.#insertRow(record);
  }

  enforceLimits(): void {
    this.#limits.enforce();
  }

  lease({ kind, owner, maxRecords, maxBytes, leaseMs, dueOnly = true }: LeaseRequest): LeasedRecord[] {
    this.enforceLimits();
    return this.#connection.transaction(() => {
      const now = this.#now();
      const select = dueOnly ? this.#sql[kind].due : this.#sql[kind].unleased;
      const candidates = select.all(now, now, maxRecords) as { id: number; bytes: number }[];
      const ids = idsOf(fillBatch(candidates, maxBytes));
      const rows = this.#sql.read.all(ids) as RecordRow[];
      // A record that is found in order, but not by its id, could be neither sent nor removed.
      this.#checkFound(rows, ids);
      const unsound = rows.filter((row) => row.sound === 0);
      if (unsound.length > 0) {
        this.#remove(idsOf(unsound));
        this.#sql.drop.run(DAMAGED, unsound.length);
      }
      this.#sql.lease.run(owner, now + Math.min(leaseMs, MAX_LEASE_MS), ids);
      return rows
        .filter((row) => row.sound !== 0)
        .map(({ id, event_id, kind, payload, bytes, tries }) => ({
          rowId: id,
          eventId: event_id,
          kind,
          payload,
          bytes,
          tries,
        }));
    });
  }

  renew(owner: string, rowIds: readonly number[], leaseMs: number): boolean {
    const until = this.#now() + Math.min(leaseMs, MAX_LEASE_MS);
    return Number(this.#sql.renew.run(until, owner, JSON.stringify(rowIds)).changes) === rowIds.length;
  }

  settle(rowIds: readonly number[]): void {
    if (rowIds.length > 0) this.#connection.transaction(() => this.#remove(JSON.stringify(rowIds)));
  }

  release(rowIds: readonly number[], nextTryAt: number): void {
    if (rowIds.length === 0) return;
    const latest = this.#now() + MAX_DELAY_MS;
    this.#sql.release.run(Math.max(0, Math.min(Math.ceil(nextTryAt), latest)), JSON.stringify(rowIds));
  }

  bury(rowId: number, reason: string): void {
    this.#connection.transaction(() => {
      const ids = JSON.stringify([rowId]);
      const row = this.#sql.read.get(ids) as RecordRow | undefined;
      if (!row) return;
      this.#remove(ids);
      this.#bury({ ...row, eventId: row.event_id, reason, at: this.#now() });
      this.#sql.drop.run(reason, 1);
    });
  }

  counts(): QueueCounts {
    this.#tallies.refresh();
    this.#limits.enforce();
    const oldest = Math.min(this.#oldest('event'), this.#oldest('crash'));
    // Damage can take rows and leave the numbers, or the other way round: nothing would ever bring them together again.
    if (this.#tallies.records > 0 !== oldest < Infinity) this.#tallies.recount();
    const { event, crash } = this.#tallies;
    return {
      events: event.records,
      crashes: crash.records,
      bytes: event.bytes + crash.bytes,
      oldest: oldest < Infinity ? oldest : null,
      deadLetters: (this.#sql.countDeadLetters.get() as { letters: number }).letters,
    };
  }

  nextDueAt(): number | null {
    const now = this.#now();
    if (this.#sql.anyFresh.get()) return now;
    return (this.#sql.firstReady.get(now, now) as { at: number | null }).at;
  }

  peek(limit: number): TelemetryRecord[] {
    const crashes = this.#sql.crash.peek.all(limit) as { payload: string }[];
    const events = this.#sql.event.peek.all(limit - crashes.length) as { payload: string }[];
    return [...crashes, ...events].flatMap(({ payload }) => parseRecord(payload));
  }

  all(): TelemetryRecord[] {
    return this.peek(Number.MAX_SAFE_INTEGER);
  }

  deadLetters(): DeadLetter[] {
    return this.#sql.deadLetters.all() as DeadLetter[];
  }

  purge(kind: RecordKind): { records: number } {
    const rows = this.#connection.erase(() => {
      this.#sql.purgeDeadLetters.run(kind);
      return this.#tallies.remove(() => this.#sql[kind].purge.all() as RemovedRow[]);
    });
    return { records: rows.length };
  }

  countDropped(reason: string, count = 1): void {
    this.#sql.drop.run(reason, count);
  }

  droppedTotals(): DroppedTotals {
    const rows = this.#sql.dropped.all() as { reason: string; total: number }[];
    return Object.fromEntries(rows.map(({ reason, total }) => [reason, total]));
  }

  getState<T>(key: string): T | null {
    return this.#connection.state<T>(key);
  }

  setState(key: string, value: unknown): void {
    if (value === null || value === undefined) this.#sql.removeState.run(key);
    else this.#sql.setState.run(key, JSON.stringify(value));
  }

  contents(): StoreContents {
    const rows = this.#sql.all.all() as FullRow[];
    return {
      records: rows.map(fromRow),
      deadLetters: this.deadLetters(),
      dropped: this.droppedTotals(),
      state: this.state(),
    };
  }

  state(): Record<string, string> {
    const rows = this.#sql.allState.all() as { key: string; value: string }[];
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  }

  take({ records, deadLetters, dropped, state }: StoreContents): void {
    this.#connection.synced(() =>
      this.#connection.transaction(() => {
        for (const record of records) this.#insertRow(record);
        for (const letter of deadLetters) this.#bury(letter);
        for (const [reason, total] of Object.entries(dropped)) this.#sql.drop.run(reason, total);
        for (const [key, value] of Object.entries(state)) this.#sql.setState.run(key, value);
      }),
    );
    this.enforceLimits();
  }

  close(): void {
    this.#connection.close();
  }

  #insertRow({ kind, eventId, capturedAt, readyAt, tries, payload }: StoredRecord): void {
    const bytes = Buffer.byteLength(payload);
    const id = nextRecordId(this.#lastId, this.#now());
    const result = this.#sql.insert.run(id, kind, eventId, capturedAt, bytes, readyAt, tries, payload);
    this.#lastId = Number(result.lastInsertRowid);
    this.#tallies.inserted(kind, bytes);
  }

  /** When the first record of a kind was captured; infinite where there is none. */
  #oldest(kind: RecordKind): number {
    return (this.#sql[kind].oldest.get() as { captured_at: number } | undefined)?.captured_at ?? Infinity;
  }

  #bury({ kind, eventId, reason, at, payload }: DeadLetter): void {
    this.#sql.insertDeadLetter.run(kind, eventId, reason, at, payload);
    this.#sql.trimDeadLetters.run(MAX_DEAD_LETTERS);
  }

  #remove(ids: string): void {
    const removed = this.#tallies.remove(() => this.#sql.remove.all(ids) as RemovedRow[]);
    // Most likely another process was quicker. In a damaged file they would come back, and be sent, again and again.
    this.#checkFound(removed, ids);
  }

  #checkFound(rows: readonly unknown[], ids: string): void {
    if (rows.length < (JSON.parse(ids) as number[]).length) this.#connection.checkSound();
  }
}

interface RecordRow {
  id: number;
  event_id: string;
  kind: RecordKind;
  payload: string;
  bytes: number;
  tries: number;
  sound: number;
}

export interface FullRow {
  kind: RecordKind;
  event_id: string;
  captured_at: number;
  ready_at: number;
  lease_owner: string | null;
  tries: number;
  payload: string;
}

/** A lease does not outlast the store that gave it. */
export function fromRow(row: FullRow): StoredRecord {
  return {
    kind: row.kind,
    eventId: row.event_id,
    capturedAt: row.captured_at,
    readyAt: row.lease_owner === null ? row.ready_at : 0,
    tries: row.tries,
    payload: row.payload,
  };
}

function idsOf(rows: readonly { id: number }[]): string {
  return JSON.stringify(rows.map(({ id }) => id));
}

/** Nothing for a payload that something else has overwritten: `lease` drops and counts it. */
export function parseRecord(payload: string): TelemetryRecord[] {
  try {
    return [JSON.parse(payload) as TelemetryRecord];
  } catch {
    return [];
  }
}
