/** The queue in memory: where no SQLite can be loaded, or its file cannot be written. Gone with the process. */
import type { DroppedTotals, RecordKind, TelemetryRecord } from '../record/batch.ts';
import { type ClockMemory, EXPIRY_INTERVAL_MS, expiryCutoff } from './expiry.ts';
import { nextRecordId } from './record-id.ts';
import {
  chooseVictims,
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

interface MemoryRecord extends StoredRecord {
  rowId: number;
  bytes: number;
  leaseOwner: string | null;
}

export class MemoryStore implements Store {
  readonly storage = 'memory';
  readonly #options: StoreOptions;
  /** By row id, in order of arrival. */
  readonly #records: Record<RecordKind, Map<number, MemoryRecord>> = { event: new Map(), crash: new Map() };
  #deadLetters: DeadLetter[] = [];
  readonly #dropped = new Map<string, number>();
  readonly #state = new Map<string, string>();
  #bytes = 0;
  #lastId = 0;
  #clock: ClockMemory = { seenAt: null, leaptAt: null };

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  insert(record: StoredRecord): void {
    const rowId = nextRecordId(this.#lastId, this.#options.now());
    this.#lastId = rowId;
    const bytes = Buffer.byteLength(record.payload);
    this.#records[record.kind].set(rowId, { ...record, rowId, bytes, leaseOwner: null });
    this.#bytes += bytes;
  }

  enforceLimits(): void {
    const now = this.#options.now();
    if (Math.abs(now - (this.#clock.seenAt ?? 0)) >= EXPIRY_INTERVAL_MS) this.#expire(now);
    const excess = {
      records: this.#records.event.size + this.#records.crash.size - this.#options.maxRecords,
      bytes: this.#bytes - this.#options.maxBytes,
    };
    for (const kind of ['event', 'crash'] as const) {
      for (const victims of [this.#unleased(kind, now), this.#records[kind].values()]) {
        for (const victim of chooseVictims(victims, excess)) this.#drop(victim, QUEUE_FULL);
      }
    }
  }

  lease({ kind, owner, maxRecords, maxBytes, leaseMs, dueOnly = true }: LeaseRequest): LeasedRecord[] {
    this.enforceLimits();
    const now = this.#options.now();
    const candidates: MemoryRecord[] = [];
    for (const record of dueOnly ? this.#due(kind, now) : this.#unleased(kind, now)) {
      if (candidates.length === maxRecords) break;
      candidates.push(record);
    }
    const batch = fillBatch(candidates, maxBytes);
    for (const record of batch) {
      record.leaseOwner = owner;
      record.readyAt = now + Math.min(leaseMs, MAX_LEASE_MS);
    }
    return batch.map(({ rowId, eventId, kind, payload, bytes, tries }) => ({
      rowId,
      eventId,
      kind,
      payload,
      bytes,
      tries,
    }));
  }

  renew(owner: string, rowIds: readonly number[], leaseMs: number): boolean {
    const held = this.#find(rowIds).filter((record) => record.leaseOwner === owner);
    for (const record of held) record.readyAt = this.#options.now() + Math.min(leaseMs, MAX_LEASE_MS);
    return held.length === rowIds.length;
  }

  settle(rowIds: readonly number[]): void {
    for (const record of this.#find(rowIds)) this.#remove(record);
  }

  release(rowIds: readonly number[], nextTryAt: number): void {
    const latest = this.#options.now() + MAX_DELAY_MS;
    for (const record of this.#find(rowIds)) {
      record.leaseOwner = null;
      record.readyAt = Math.max(0, Math.min(Math.ceil(nextTryAt), latest));
      record.tries += 1;
    }
  }

  bury(rowId: number, reason: string): void {
    for (const record of this.#find([rowId])) {
      const { eventId, kind, payload } = record;
      this.#deadLetters.push({ eventId, kind, payload, reason, at: this.#options.now() });
      this.#deadLetters = this.#deadLetters.slice(-MAX_DEAD_LETTERS);
      this.#drop(record, reason);
    }
  }

  hasLeases(): boolean {
    const now = this.#options.now();
    for (const record of this.#inSendingOrder()) {
      if (record.leaseOwner !== null && !isDue(record, now)) return true;
    }
    return false;
  }

  counts(): QueueCounts {
    this.enforceLimits();
    const { event, crash } = this.#records;
    const [firstEvent, firstCrash] = [event.values().next().value, crash.values().next().value];
    const oldest = Math.min(firstEvent?.capturedAt ?? Infinity, firstCrash?.capturedAt ?? Infinity);
    return {
      events: event.size,
      crashes: crash.size,
      bytes: this.#bytes,
      oldest: Number.isFinite(oldest) ? oldest : null,
      deadLetters: this.#deadLetters.length,
    };
  }

  nextDueAt(): number | null {
    const now = this.#options.now();
    let earliest: number | null = null;
    for (const record of this.#inSendingOrder()) {
      if (isDue(record, now)) return now;
      earliest = Math.min(earliest ?? Infinity, record.readyAt);
    }
    return earliest;
  }

  peek(limit: number): TelemetryRecord[] {
    const records: TelemetryRecord[] = [];
    for (const { payload } of this.#inSendingOrder()) {
      if (records.length >= limit) break;
      records.push(JSON.parse(payload) as TelemetryRecord);
    }
    return records;
  }

  all(): TelemetryRecord[] {
    return this.peek(Infinity);
  }

  deadLetters(): DeadLetter[] {
    return [...this.#deadLetters];
  }

  purge(kind: RecordKind): { records: number } {
    const records = [...this.#records[kind].values()];
    for (const record of records) this.#remove(record);
    this.#deadLetters = this.#deadLetters.filter((letter) => letter.kind !== kind);
    return { records: records.length };
  }

  countDropped(reason: string, count = 1): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
  }

  droppedTotals(): DroppedTotals {
    return Object.fromEntries([...this.#dropped].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  getState<T>(key: string): T | null {
    const value = this.#state.get(key);
    return value === undefined ? null : (JSON.parse(value) as T);
  }

  setState(key: string, value: unknown): void {
    if (value === null || value === undefined) this.#state.delete(key);
    else this.#state.set(key, JSON.stringify(value));
  }

  contents(): StoreContents {
    const { event, crash } = this.#records;
    const records = [...event.values(), ...crash.values()].sort((a, b) => a.rowId - b.rowId);
    return {
      records: records.map(({ kind, eventId, capturedAt, readyAt, tries, payload, leaseOwner }) => {
        return { kind, eventId, capturedAt, readyAt: leaseOwner === null ? readyAt : 0, tries, payload };
      }),
      deadLetters: this.deadLetters(),
      dropped: this.droppedTotals(),
      state: Object.fromEntries(this.#state),
    };
  }

  take({ records, deadLetters, dropped, state }: StoreContents): void {
    for (const record of records) this.insert(record);
    this.#deadLetters = [...this.#deadLetters, ...deadLetters].slice(-MAX_DEAD_LETTERS);
    for (const [reason, total] of Object.entries(dropped)) this.countDropped(reason, total);
    for (const [key, value] of Object.entries(state)) if (!this.#state.has(key)) this.#state.set(key, value);
    this.enforceLimits();
  }

  close(): void {
    for (const records of Object.values(this.#records)) records.clear();
    this.#bytes = 0;
  }

  *#inSendingOrder(): Generator<MemoryRecord> {
    yield* this.#records.crash.values();
    yield* this.#records.event.values();
  }

  *#due(kind: RecordKind, now: number): Generator<MemoryRecord> {
    for (const record of this.#records[kind].values()) if (isDue(record, now)) yield record;
  }

  *#unleased(kind: RecordKind, now: number): Generator<MemoryRecord> {
    for (const record of this.#records[kind].values()) {
      if (record.leaseOwner === null || isDue(record, now)) yield record;
    }
  }

  #find(rowIds: readonly number[]): MemoryRecord[] {
    return rowIds.flatMap((id) => this.#records.event.get(id) ?? this.#records.crash.get(id) ?? []);
  }

  #expire(now: number): void {
    const { cutoff, memory } = expiryCutoff(this.#clock, now, this.#options.maxAgeDays);
    this.#clock = memory;
    if (cutoff === null) return;
    for (const kind of ['event', 'crash'] as const) {
      for (const record of this.#records[kind].values()) {
        if (record.capturedAt >= cutoff) break;
        if (record.leaseOwner === null || isDue(record, now)) this.#drop(record, EXPIRED);
      }
    }
  }

  #remove(record: MemoryRecord): void {
    this.#records[record.kind].delete(record.rowId);
    this.#bytes -= record.bytes;
  }

  #drop(record: MemoryRecord, reason: string): void {
    this.#remove(record);
    this.countDropped(reason);
  }
}

/** Due, or due at a moment so far ahead that it was written before the clock was set back. */
function isDue({ readyAt, leaseOwner }: MemoryRecord, now: number): boolean {
  return readyAt <= now || readyAt > now + (leaseOwner === null ? MAX_DELAY_MS : MAX_LEASE_MS);
}
