/** The queue on a SQLite file, shared with other processes. */
import type { DroppedTotals, RecordKind, TelemetryRecord } from '../record/batch.ts';
import { isConstraintFailure, type SqliteDatabase, type SqliteDriver } from './driver.ts';
import { type ClockMemory, EXPIRY_INTERVAL_MS, expiryCutoff } from './expiry.ts';
import { nextRecordId } from './record-id.ts';
import { prepareDatabase } from './schema.ts';
import { prepareStatements, type Statements } from './statements.ts';
import {
  chooseVictims,
  DAMAGED,
  EXPIRED,
  fillBatch,
  MAX_DEAD_LETTERS,
  MAX_DELAY_MS,
  MAX_LEASE_MS,
  QUEUE_FULL,
  type Store,
  type StoreContents,
  type StoredRecord,
  type StoreOptions,
} from './store.ts';
import type { DeadLetter, LeasedRecord, LeaseRequest, QueueCounts } from './types.ts';

/** After this many inserts the counts are compared with the file, as other processes may add too. */
const INSERTS_BETWEEN_LOOKS = 256;

const CLOCK = 'queue.clock';
/** Set while a purge has deleted rows but may not have emptied the WAL yet. */
const PURGING = 'queue.purging';

interface Tally {
  records: number;
  bytes: number;
}

export class SqliteStore implements Store {
  readonly storage: SqliteDriver['name'];
  readonly #database: SqliteDatabase;
  readonly #options: StoreOptions;
  readonly #sql: Statements;
  #lastId: number;
  #tallies: Record<RecordKind, Tally> = { event: { records: 0, bytes: 0 }, crash: { records: 0, bytes: 0 } };
  #dataVersion = -1;
  #insertsSinceLook = 0;
  #lastExpiryAt = 0;

  /** Throws where the file cannot be opened, is damaged, or is not a queue (`failureOf` says which). */
  constructor(driver: SqliteDriver, path: string, options: StoreOptions, patienceMs: number) {
    this.storage = driver.name;
    this.#options = options;
    this.#database = driver.open(path);
    try {
      this.setPatience(patienceMs);
      prepareDatabase(this.#database);
      this.#sql = prepareStatements(this.#database);
      this.#lastId = (this.#sql.lastId.get() as { id: number | null }).id ?? 0;
      if (this.getState(PURGING) !== null) this.#emptyWal();
      this.enforceLimits();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** How long a call waits for other processes. Milliseconds. */
  setPatience(milliseconds: number): void {
    this.#database.exec(`pragma busy_timeout = ${milliseconds}`);
  }

  insert(record: StoredRecord): void {
    // A crash must outlast the power supply too, so its commit waits for the disk (on macOS for its cache as well).
    if (record.kind === 'crash') this.#synced(() => this.#insertRow(record));
    else this.#insertRow(record);
    this.#insertsSinceLook += 1;
  }

  enforceLimits(): void {
    if (Math.abs(this.#options.now() - this.#lastExpiryAt) >= EXPIRY_INTERVAL_MS) this.#expire();
    if (this.#dataVersion === -1 || this.#insertsSinceLook >= INSERTS_BETWEEN_LOOKS) this.#look();
    if (!this.#isOverLimit()) return;
    // Another process may have sent meanwhile what this one still counts.
    this.#look();
    if (this.#isOverLimit()) this.#immediately(() => this.#trim());
  }

  lease({ kind, owner, maxRecords, maxBytes, leaseMs, dueOnly = true }: LeaseRequest): LeasedRecord[] {
    this.enforceLimits();
    return this.#immediately(() => {
      const now = this.#options.now();
      const select = dueOnly ? this.#sql[kind].due : this.#sql[kind].unleased;
      const candidates = select.all(now, now, maxRecords) as { id: number; bytes: number }[];
      const ids = idsOf(fillBatch(candidates, maxBytes));
      const rows = this.#sql.read.all(ids) as RecordRow[];
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
    const until = this.#options.now() + Math.min(leaseMs, MAX_LEASE_MS);
    return Number(this.#sql.renew.run(until, owner, JSON.stringify(rowIds)).changes) === rowIds.length;
  }

  settle(rowIds: readonly number[]): void {
    if (rowIds.length > 0) this.#remove(JSON.stringify(rowIds));
  }

  release(rowIds: readonly number[], nextTryAt: number): void {
    if (rowIds.length === 0) return;
    const latest = this.#options.now() + MAX_DELAY_MS;
    this.#sql.release.run(Math.max(0, Math.min(Math.ceil(nextTryAt), latest)), JSON.stringify(rowIds));
  }

  bury(rowId: number, reason: string): void {
    this.#immediately(() => {
      const ids = JSON.stringify([rowId]);
      const row = this.#sql.read.get(ids) as RecordRow | undefined;
      if (!row) return;
      this.#remove(ids);
      this.#bury({ ...row, eventId: row.event_id, reason, at: this.#options.now() });
      this.#sql.drop.run(reason, 1);
    });
  }

  counts(): QueueCounts {
    this.#look();
    this.enforceLimits();
    const oldest = (['event', 'crash'] as const)
      .map((kind) => this.#sql[kind].oldest.get() as { captured_at: number } | undefined)
      .flatMap((row) => (row ? [row.captured_at] : []));
    const { event, crash } = this.#tallies;
    return {
      events: event.records,
      crashes: crash.records,
      bytes: event.bytes + crash.bytes,
      oldest: oldest.length > 0 ? Math.min(...oldest) : null,
      deadLetters: (this.#sql.countDeadLetters.get() as { letters: number }).letters,
    };
  }

  nextDueAt(): number | null {
    const now = this.#options.now();
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
    const records = this.#immediately(() => {
      this.#sql.setState.run(PURGING, 'true');
      this.#sql.purgeDeadLetters.run(kind);
      const purged = this.#sql[kind].purge.all().length;
      this.#tallies[kind] = { records: 0, bytes: 0 };
      return purged;
    });
    this.#emptyWal();
    return { records };
  }

  countDropped(reason: string, count = 1): void {
    this.#sql.drop.run(reason, count);
  }

  droppedTotals(): DroppedTotals {
    const rows = this.#sql.dropped.all() as { reason: string; total: number }[];
    return Object.fromEntries(rows.map(({ reason, total }) => [reason, total]));
  }

  getState<T>(key: string): T | null {
    const row = this.#sql.getState.get(key) as { value: string } | undefined;
    try {
      return row ? (JSON.parse(row.value) as T) : null;
    } catch {
      return null; // Overwritten by something else: as if it had never been set.
    }
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
    this.#synced(() =>
      this.#immediately(() => {
        for (const record of records) this.#insertRow(record);
        for (const letter of deadLetters) this.#bury(letter);
        for (const [reason, total] of Object.entries(dropped)) this.#sql.drop.run(reason, total);
        for (const [key, value] of Object.entries(state)) this.#sql.setState.run(key, value);
      }),
    );
    this.enforceLimits();
  }

  close(): void {
    this.#database.close();
  }

  #insertRow({ kind, eventId, capturedAt, readyAt, tries, payload }: StoredRecord): void {
    const bytes = Buffer.byteLength(payload);
    const insert = (): void => {
      const id = nextRecordId(this.#lastId, this.#options.now());
      this.#sql.insert.run(id, kind, eventId, capturedAt, bytes, readyAt, tries, payload);
      this.#lastId = id;
    };
    try {
      insert();
    } catch (error) {
      if (!isConstraintFailure(error)) throw error;
      // Another process took this id: go on behind its last one.
      this.#lastId = Math.max(this.#lastId, (this.#sql.lastId.get() as { id: number | null }).id ?? 0);
      insert();
    }
    const tally = this.#tallies[kind];
    tally.records += 1;
    tally.bytes += bytes;
  }

  #bury({ kind, eventId, reason, at, payload }: DeadLetter): void {
    this.#sql.insertDeadLetter.run(kind, eventId, reason, at, payload);
    this.#sql.trimDeadLetters.run(MAX_DEAD_LETTERS);
  }

  #remove(ids: string): void {
    for (const { kind, bytes } of this.#sql.remove.all(ids) as { kind: RecordKind; bytes: number }[]) {
      this.#tallies[kind].records -= 1;
      this.#tallies[kind].bytes -= bytes;
    }
  }

  /** Counts anew where another connection has changed the file since the last look. */
  #look(): void {
    this.#insertsSinceLook = 0;
    const { data_version: version } = this.#sql.dataVersion.get() as { data_version: number };
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    for (const kind of ['event', 'crash'] as const)
      this.#tallies[kind] = this.#sql[kind].count.get() as Tally;
  }

  #isOverLimit(): boolean {
    const { event, crash } = this.#tallies;
    return (
      event.records + crash.records > this.#options.maxRecords ||
      event.bytes + crash.bytes > this.#options.maxBytes
    );
  }

  /** Oldest usage events go first, crashes last; what is on its way right now only where nothing else is left. */
  #trim(): void {
    const { event, crash } = this.#tallies;
    const excess = {
      records: event.records + crash.records - this.#options.maxRecords,
      bytes: event.bytes + crash.bytes - this.#options.maxBytes,
    };
    const now = this.#options.now();
    for (const kind of ['event', 'crash'] as const) {
      for (const pass of ['unleased', 'inOrder'] as const) {
        while (excess.records > 0 || excess.bytes > 0) {
          const parameters = pass === 'unleased' ? [now, now] : [];
          const page = this.#sql[kind][pass].all(...parameters, 256) as { id: number; bytes: number }[];
          if (page.length === 0) break;
          const victims = chooseVictims(page, excess);
          this.#remove(idsOf(victims));
          this.#sql.drop.run(QUEUE_FULL, victims.length);
        }
      }
    }
  }

  #expire(): void {
    this.#immediately(() => {
      const now = this.#options.now();
      const seen = this.getState<ClockMemory>(CLOCK) ?? { seenAt: null, leaptAt: null };
      const { cutoff, memory } = expiryCutoff(seen, now, this.#options.maxAgeDays);
      this.setState(CLOCK, memory);
      if (cutoff !== null) {
        for (const kind of ['event', 'crash'] as const) {
          const expired = this.#sql[kind].expire.all(cutoff, now, now, cutoff) as { bytes: number }[];
          if (expired.length > 0) this.#sql.drop.run(EXPIRED, expired.length);
          this.#tallies[kind].records -= expired.length;
          for (const { bytes } of expired) this.#tallies[kind].bytes -= bytes;
        }
      }
      this.#lastExpiryAt = now;
    });
  }

  /** Copies the WAL back and cuts it to nothing: until then it holds old copies of what was deleted. */
  #emptyWal(): void {
    const { busy } = this.#sql.checkpoint.get() as { busy: number };
    // A reader in another process may have stood in the way; the next open tries again.
    if (busy === 0) this.setState(PURGING, null);
  }

  #synced(write: () => void): void {
    this.#database.exec('pragma synchronous = full; pragma fullfsync = on');
    try {
      write();
    } finally {
      this.#database.exec('pragma synchronous = normal; pragma fullfsync = off');
    }
  }

  /** One write transaction. The lock is taken at its start, so that it cannot fail half-way for being busy. */
  #immediately<T>(work: () => T): T {
    this.#sql.begin.run();
    try {
      const result = work();
      this.#sql.commit.run();
      return result;
    } catch (error) {
      this.#dataVersion = -1;
      try {
        this.#sql.rollback.run();
      } catch {
        // SQLite has rolled back already, as it does when the disk is full.
      }
      throw error;
    }
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
