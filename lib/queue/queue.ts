/** The queue's face over the place where its records rest. */
import type { DroppedTotals, RecordKind, TelemetryRecord } from '../record/batch.ts';
import { RestingPlace } from './resting-place.ts';
import type {
  DeadLetter,
  LeasedRecord,
  LeaseRequest,
  QueueCounts,
  QueueOptions,
  RecordQueue,
} from './types.ts';

/**
 * Opens or makes `dataDir/queue.db`. Never throws: where no file can be had, records rest in memory, `warn` is told,
 * and `problems()` says so.
 */
export function openQueue(options: QueueOptions): RecordQueue {
  return new RestingQueue(options);
}

class RestingQueue implements RecordQueue {
  readonly #place: RestingPlace;
  readonly #now: () => number;

  constructor(options: QueueOptions) {
    this.#place = new RestingPlace(options);
    this.#now = options.now ?? Date.now;
  }

  get storage(): RecordQueue['storage'] {
    return this.#place.storage;
  }

  problems(): string[] {
    return this.#place.problems();
  }

  add(kind: RecordKind, record: TelemetryRecord): void {
    const capturedAt = Date.parse(record.timestamp);
    const stored = {
      kind,
      eventId: record.event_id,
      capturedAt: Number.isNaN(capturedAt) ? this.#now() : capturedAt,
      readyAt: 0,
      tries: 0,
      payload: JSON.stringify(record),
    };
    this.#place.on((store) => store.insert(stored));
    this.#place.on((store) => store.enforceLimits());
  }

  lease(request: LeaseRequest): LeasedRecord[] {
    return this.#place.on((store) => store.lease(request));
  }

  renew(owner: string, rowIds: readonly number[], leaseMs: number): boolean {
    return this.#place.on((store) => store.renew(owner, rowIds, leaseMs));
  }

  settle(rowIds: readonly number[]): void {
    this.#place.on((store) => store.settle(rowIds));
  }

  release(rowIds: readonly number[], nextTryAt: number): void {
    this.#place.on((store) => store.release(rowIds, nextTryAt));
  }

  bury(rowId: number, reason: string): void {
    this.#place.on((store) => store.bury(rowId, reason));
  }

  counts(): QueueCounts {
    const all = this.#place.onEach((store) => store.counts());
    const sum = (count: (counts: QueueCounts) => number): number =>
      all.reduce((total, counts) => total + count(counts), 0);
    const oldest = all.flatMap((counts) => counts.oldest ?? []);
    return {
      events: sum((counts) => counts.events),
      crashes: sum((counts) => counts.crashes),
      bytes: sum((counts) => counts.bytes),
      oldest: oldest.length > 0 ? Math.min(...oldest) : null,
      deadLetters: sum((counts) => counts.deadLetters),
    };
  }

  nextDueAt(): number | null {
    return this.#place.on((store) => store.nextDueAt());
  }

  peek(limit: number): TelemetryRecord[] {
    const records = this.#place.onEach((store) => store.peek(limit)).flat();
    const isCrash = (record: TelemetryRecord): boolean => 'crash_type' in record;
    return [...records.filter(isCrash), ...records.filter((record) => !isCrash(record))].slice(0, limit);
  }

  all(): TelemetryRecord[] {
    return this.peek(Number.MAX_SAFE_INTEGER);
  }

  deadLetters(): DeadLetter[] {
    return this.#place.onEach((store) => store.deadLetters()).flat();
  }

  purge(kind: RecordKind): { records: number } {
    return this.#place.purge(kind);
  }

  countDropped(reason: string, count = 1): void {
    this.#place.on((store) => store.countDropped(reason, count));
  }

  droppedTotals(): DroppedTotals {
    const totals: DroppedTotals = {};
    for (const dropped of this.#place.onEach((store) => store.droppedTotals())) {
      for (const [reason, total] of Object.entries(dropped)) totals[reason] = (totals[reason] ?? 0) + total;
    }
    return totals;
  }

  getState<T>(key: string): T | null {
    return this.#place.on((store) => store.getState<T>(key));
  }

  setState(key: string, value: unknown): void {
    this.#place.on((store) => store.setState(key, value));
  }

  close(): void {
    this.#place.close();
  }
}
