/**
 * One leased batch on its way: looked at by the app, sent, and where the server does not take it as a whole, sent in
 * halves until the bad record stands alone. A record leaves the queue only when it is settled or buried; all others are
 * still in `open` at the end, whatever happened.
 */
import type { BeforeSend } from '../handle.ts';
import type { LeasedRecord, RecordQueue } from '../queue/types.ts';
import type { Batch, RecordKind, TelemetryRecord } from '../record/batch.ts';
import type { CrashRecord } from '../record/crash.ts';
import type { EventRecord } from '../record/event.ts';
import { reasonOf, type Warn } from '../warn.ts';
import { lookBeforeSend } from './before-send.ts';
import { giveWay } from './give-way.ts';
import { inSlices, SLICE_RECORDS } from './slices.ts';
import type { SendResult, Transport } from './transport.ts';

export interface TripOptions {
  kind: RecordKind;
  queue: RecordQueue;
  transport: Transport;
  userId: () => string;
  beforeSend: BeforeSend | undefined;
  /** How long `beforeSend` may take for a record. Milliseconds. */
  beforeSendTimeoutMs: number;
  warn: Warn;
  /** Called after the server answered for records. */
  onSettled: (sent: number, rejected: number) => void;
  now: () => number;
}

/** `stopped`: aborted, which is nobody's failure. */
export type Outcome =
  { status: 'done' } | { status: 'stopped' } | Extract<SendResult, { status: 'retry' | 'refused' }>;
const DONE: Outcome = { status: 'done' };
const STOPPED: Outcome = { status: 'stopped' };

/**
 * So many records of one batch refused alone, and none taken: that is no matter of these records but of the server,
 * or of something before it. Then all are kept, as when the key is wrong.
 */
const TOO_MANY_BAD_RECORDS = 50;

interface Entry {
  readonly rowId: number;
  readonly record: TelemetryRecord;
}

export class Trip {
  /** Rows that are not decided yet. */
  readonly open: Set<number>;
  /** The server did not take the batch as a whole. */
  wasSplit = false;
  /** Records of the largest part that the server took as a whole, 0 where it took none. */
  largestTaken = 0;
  readonly #options: TripOptions;
  readonly #leased: readonly LeasedRecord[];
  readonly #signal: AbortSignal;
  /** Refused alone. */
  readonly #bad: { rowId: number; reason: string }[] = [];

  constructor(options: TripOptions, leased: readonly LeasedRecord[], signal: AbortSignal) {
    this.#options = options;
    this.#leased = leased;
    this.#signal = signal;
    this.open = new Set(leased.map(({ rowId }) => rowId));
  }

  /** After an abort the queue is not touched any more. */
  async run(): Promise<Outcome> {
    const entries = await this.#prepare();
    if (this.#signal.aborted) return STOPPED;
    const outcome = entries.length > 0 ? await this.#deliver(entries) : DONE;
    if (this.#signal.aborted) return STOPPED;
    if (this.#allAreBad()) return { status: 'refused', reason: 'it takes no record, not even alone' };
    for (const { rowId, reason } of this.#bad) {
      this.#options.queue.bury(rowId, reason);
      this.open.delete(rowId);
    }
    return outcome;
  }

  /** Lets the app look at each record; drops, and counts, what it does not want sent. */
  async #prepare(): Promise<Entry[]> {
    const { queue, kind, beforeSend, beforeSendTimeoutMs, warn } = this.#options;
    const entries: Entry[] = [];
    for (const [index, { rowId, payload }] of this.#leased.entries()) {
      if (index > 0 && index % SLICE_RECORDS === 0) await giveWay();
      if (this.#signal.aborted) return [];
      const record = JSON.parse(payload) as TelemetryRecord;
      if (!beforeSend) {
        entries.push({ rowId, record });
        continue;
      }
      const looked = await lookBeforeSend(beforeSend, kind, record, beforeSendTimeoutMs);
      if (this.#signal.aborted) return [];
      if (typeof looked === 'object') {
        entries.push({ rowId, record: looked });
        continue;
      }
      if (looked === 'before_send_failed') {
        warn(
          looked,
          'beforeSend threw, took too long, or returned no valid record; such records are dropped.',
        );
      }
      queue.settle([rowId]);
      queue.countDropped(looked);
      this.open.delete(rowId);
    }
    return entries;
  }

  async #deliver(entries: Entry[]): Promise<Outcome> {
    const result = await this.#send(entries);
    if (this.#signal.aborted) return STOPPED;
    switch (result.status) {
      case 'settled':
        await this.#settle(entries, result.rejected);
        return DONE;
      case 'split':
        return this.#split(entries, result.reason);
      default:
        return result;
    }
  }

  async #split(entries: Entry[], reason: string): Promise<Outcome> {
    const [first] = entries;
    if (first && entries.length === 1) {
      this.#bad.push({ rowId: first.rowId, reason: `undeliverable_${reasonKey(reason)}` });
      return DONE;
    }
    this.wasSplit = true;
    const middle = Math.ceil(entries.length / 2);
    for (const half of [entries.slice(0, middle), entries.slice(middle)]) {
      if (this.#allAreBad()) return DONE;
      const outcome = await this.#deliver(half);
      if (outcome.status !== 'done') return outcome;
    }
    return DONE;
  }

  #allAreBad(): boolean {
    return this.largestTaken === 0 && this.#bad.length >= TOO_MANY_BAD_RECORDS;
  }

  async #send(entries: Entry[]): Promise<SendResult> {
    let stop = (): void => {};
    const stopped = new Promise<SendResult>((resolve) => {
      stop = () => resolve({ status: 'retry', reason: 'aborted' });
    });
    this.#signal.addEventListener('abort', stop);
    try {
      return await Promise.race([
        this.#options.transport.send(this.#batchOf(entries), this.#signal),
        stopped,
      ]);
    } catch (error) {
      return { status: 'retry', reason: reasonOf(error) };
    } finally {
      this.#signal.removeEventListener('abort', stop);
    }
  }

  #batchOf(entries: Entry[]): Batch {
    const { kind, queue, userId, now } = this.#options;
    const dropped = queue.droppedTotals();
    const envelope = {
      sent_at: new Date(now()).toISOString(),
      ...(Object.keys(dropped).length > 0 && { dropped }),
      user_id: userId(),
    };
    const records = entries.map(({ record }) => record);
    return kind === 'event'
      ? { kind: 'events', body: { ...envelope, events: records as EventRecord[] } }
      : { kind: 'crashes', body: { ...envelope, crashes: records as CrashRecord[] } };
  }

  async #settle(entries: Entry[], rejected: { code: string }[]): Promise<void> {
    const { queue, warn, onSettled } = this.#options;
    this.largestTaken = Math.max(this.largestTaken, entries.length);
    await inSlices(entries, (slice) => {
      // What is not settled any more is sent again, and known to the server.
      if (this.#signal.aborted) return false;
      const rowIds = slice.map(({ rowId }) => rowId);
      queue.settle(rowIds);
      for (const rowId of rowIds) this.open.delete(rowId);
    });
    for (const { code } of rejected) {
      queue.countDropped(`rejected_${reasonKey(code)}`);
      warn(`rejected_${code}`, `the server rejected records: ${code}.`);
    }
    onSettled(entries.length - rejected.length, rejected.length);
  }
}

/** A reason as part of a key of the totals: short and plain, whatever a transport says. */
function reasonKey(reason: string): string {
  return /^[a-z][a-z0-9_]{0,39}$/.test(reason) ? reason : 'other';
}
