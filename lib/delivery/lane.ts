/**
 * The way out of one kind of record. Events and crashes have a lane each, so that trouble with one holds up the other
 * in nothing.
 *
 * A round: lease what fits into a batch, send it, act on the answer, and again while more waits. A record leaves the
 * queue only when it is settled or buried; whatever else happens (no answer, abort, kill), it stays, and its lease ends.
 */
import { randomUUID } from 'node:crypto';

import type { BeforeSend } from '../handle.ts';
import type { LeasedRecord, RecordQueue } from '../queue/types.ts';
import type { Batch, RecordKind, TelemetryRecord } from '../record/batch.ts';
import type { CrashRecord } from '../record/crash.ts';
import type { EventRecord } from '../record/event.ts';
import { MAX_BODY_BYTES, MAX_CRASHES_PER_BATCH, MAX_EVENTS_PER_BATCH } from '../record/limits.ts';
import { reasonOf, type Warn } from '../warn.ts';
import { lookBeforeSend } from './before-send.ts';
import { afterRefusal, afterRetry, READY, remainingMs, type RetryState } from './retry-policy.ts';
import type { SendResult, Transport } from './transport.ts';

export interface LaneOptions {
  kind: RecordKind;
  queue: RecordQueue;
  transport: Transport;
  userId: () => string;
  /** Whether records of this kind may leave now: consent, notice, safe mode. */
  maySend: () => boolean;
  beforeSend: BeforeSend | undefined;
  /** How long `beforeSend` may take for a record. Milliseconds. */
  beforeSendTimeoutMs: number;
  warn: Warn;
  /** Called after the server answered for records. */
  onSettled: (sent: number, rejected: number) => void;
  now: () => number;
  random: () => number;
}

/** `due` obeys the backoff; `all` (`flush`, a network that is back) obeys only a wait that the server asked for. */
export type Round = 'due' | 'all';

/** A dead process gives its records back within the minute that is promised. */
const LEASE_MS = 45_000;
/** A batch's payloads; the rest of the limit is for `sent_at`, `dropped`, commas. */
const MAX_PAYLOAD_BYTES = MAX_BODY_BYTES - 64 * 1024;
/**
 * So many records of one batch refused alone, and none taken: that is no matter of these records but of the server,
 * or of something before it. Then all are kept, as when the key is wrong.
 */
const TOO_MANY_BAD_RECORDS = 50;

interface Entry {
  readonly rowId: number;
  readonly record: TelemetryRecord;
}

/** One leased batch on its way: what of it is not decided yet. */
interface Trip {
  readonly open: Set<number>;
  readonly bad: { rowId: number; reason: string }[];
  taken: boolean;
}

type Outcome =
  { status: 'done' } | { status: 'stopped' } | Extract<SendResult, { status: 'retry' | 'refused' }>;
const DONE: Outcome = { status: 'done' };
const STOPPED: Outcome = { status: 'stopped' };

export class Lane {
  readonly #options: LaneOptions;
  readonly #owner = `${process.pid}-${randomUUID()}`;
  readonly #stateKey: string;
  #running: Promise<void> | null = null;
  #trip: Trip | null = null;
  #abort = new AbortController();
  #closed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#stateKey = `retry_${options.kind}`;
  }

  /** Sends what may be sent; one round at a time. Never rejects. */
  async run(round: Round): Promise<void> {
    if (this.#running) {
      await this.#running;
      if (round === 'due') return;
      return this.run(round);
    }
    this.#running = this.#sendAll(round).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Milliseconds until the backoff allows a try. */
  waitMs(): number {
    return remainingMs(this.#state(), this.#options.now());
  }

  /** Gives up the request under way; its records stay in the queue. */
  abort(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  close(): void {
    this.abort();
    if (this.#trip) this.#options.queue.release([...this.#trip.open], this.#options.now());
    this.#closed = true;
  }

  async #sendAll(round: Round): Promise<void> {
    try {
      while (await this.#sendBatch(round));
    } catch (error) {
      this.#options.warn('sending_failed', `sending failed: ${reasonOf(error)}. It is tried again.`);
    }
  }

  /** True where more may wait. */
  async #sendBatch(round: Round): Promise<boolean> {
    const { queue, kind, maySend, now, random } = this.#options;
    if (this.#closed || !maySend()) return false;
    const state = this.#state();
    if (remainingMs(state, now()) > 0 && (round === 'due' || state.firm)) return false;
    const most = this.#mostRecords(state);
    const leased = queue.lease({
      kind,
      owner: this.#owner,
      maxRecords: most,
      maxBytes: MAX_PAYLOAD_BYTES,
      leaseMs: LEASE_MS,
      dueOnly: round === 'due',
    });
    if (leased.length === 0) return false;

    const trip: Trip = { open: new Set(leased.map(({ rowId }) => rowId)), bad: [], taken: false };
    this.#trip = trip;
    const renewal = setInterval(() => queue.renew(this.#owner, [...trip.open], LEASE_MS), LEASE_MS / 3);
    renewal.unref();
    let outcome: Outcome;
    try {
      outcome = await this.#travel(leased, trip, this.#abort.signal);
    } finally {
      clearInterval(renewal);
      this.#trip = null;
    }
    if (this.#closed) return false;
    const next = this.#nextState(state, outcome, now(), random);
    this.#keep(next);
    queue.release([...trip.open], next.notBefore);
    if (outcome.status !== 'done') return false;
    return leased.length === most || sum(leased) > MAX_PAYLOAD_BYTES / 2;
  }

  async #travel(leased: LeasedRecord[], trip: Trip, signal: AbortSignal): Promise<Outcome> {
    const entries = await this.#prepare(leased, trip, signal);
    const outcome = entries.length > 0 ? await this.#deliver(entries, trip, signal) : DONE;
    if (this.#closed || signal.aborted) return STOPPED;
    if (!trip.taken && trip.bad.length >= TOO_MANY_BAD_RECORDS) {
      return { status: 'refused', reason: `${trip.bad[0]?.reason} for every record` };
    }
    for (const { rowId, reason } of trip.bad) {
      this.#options.queue.bury(rowId, reason);
      trip.open.delete(rowId);
    }
    return outcome;
  }

  /** Lets the app look at each record; drops, and counts, what it does not want sent. */
  async #prepare(leased: LeasedRecord[], trip: Trip, signal: AbortSignal): Promise<Entry[]> {
    const { queue, kind, beforeSend, beforeSendTimeoutMs, warn } = this.#options;
    const entries: Entry[] = [];
    for (const { rowId, payload } of leased) {
      const record = JSON.parse(payload) as TelemetryRecord;
      if (!beforeSend) {
        entries.push({ rowId, record });
        continue;
      }
      const looked = await lookBeforeSend(beforeSend, kind, record, beforeSendTimeoutMs);
      if (this.#closed || signal.aborted) return [];
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
      trip.open.delete(rowId);
    }
    return entries;
  }

  /** Sends entries as one request, and in halves where the server does not take them together. */
  async #deliver(entries: Entry[], trip: Trip, signal: AbortSignal): Promise<Outcome> {
    const result = await this.#send(entries, signal);
    if (this.#closed || signal.aborted) return STOPPED;
    switch (result.status) {
      case 'settled':
        this.#settle(entries, result.rejected, trip);
        return DONE;
      case 'split': {
        const [only] = entries;
        if (entries.length === 1 && only) {
          trip.bad.push({ rowId: only.rowId, reason: `undeliverable_${reasonKey(result.reason)}` });
          return DONE;
        }
        const middle = Math.ceil(entries.length / 2);
        for (const half of [entries.slice(0, middle), entries.slice(middle)]) {
          if (!trip.taken && trip.bad.length >= TOO_MANY_BAD_RECORDS) return DONE;
          const outcome = await this.#deliver(half, trip, signal);
          if (outcome.status !== 'done') return outcome;
        }
        return DONE;
      }
      default:
        return result;
    }
  }

  async #send(entries: Entry[], signal: AbortSignal): Promise<SendResult> {
    let stop: (() => void) | undefined;
    const stopped = new Promise<SendResult>((resolve) => {
      stop = () => resolve({ status: 'retry', reason: 'aborted' });
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([this.#options.transport.send(this.#batchOf(entries), signal), stopped]);
    } catch (error) {
      return { status: 'retry', reason: reasonOf(error) };
    } finally {
      if (stop) signal.removeEventListener('abort', stop);
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

  #settle(entries: Entry[], rejected: { index: number; code: string }[], trip: Trip): void {
    const { queue, warn, onSettled } = this.#options;
    const rowIds = entries.map(({ rowId }) => rowId);
    queue.settle(rowIds);
    for (const rowId of rowIds) trip.open.delete(rowId);
    trip.taken = true;
    for (const { code } of rejected) {
      queue.countDropped(`rejected_${reasonKey(code)}`);
      warn(`rejected_${code}`, `the server rejected records: ${code}.`);
    }
    onSettled(entries.length - rejected.length, rejected.length);
  }

  #nextState(state: RetryState, outcome: Outcome, now: number, random: () => number): RetryState {
    const { warn } = this.#options;
    switch (outcome.status) {
      case 'done':
        return READY;
      case 'stopped':
        return state;
      case 'refused':
        warn('refused', `the server refuses records (${outcome.reason}): are endpoint and ingestKey right?`);
        return afterRefusal(state, now);
      case 'retry':
        return afterRetry(state, outcome.afterMs, now, random);
    }
  }

  /** Fewer after each failure: what failed may have been too much for the line. */
  #mostRecords({ failures }: RetryState): number {
    const most = this.#options.kind === 'event' ? MAX_EVENTS_PER_BATCH : MAX_CRASHES_PER_BATCH;
    return Math.max(1, Math.floor(most / 2 ** failures));
  }

  #state(): RetryState {
    return this.#options.queue.getState<RetryState>(this.#stateKey) ?? READY;
  }

  #keep(next: RetryState): void {
    const { failures, notBefore, firm } = this.#state();
    const changed = next.failures !== failures || next.notBefore !== notBefore || next.firm !== firm;
    if (changed) this.#options.queue.setState(this.#stateKey, next);
  }
}

function sum(records: LeasedRecord[]): number {
  return records.reduce((total, { bytes }) => total + bytes, 0);
}

/** A reason as part of a key of the totals: short and plain, whatever a transport says. */
function reasonKey(reason: string): string {
  return /^[a-z][a-z0-9_]{0,39}$/.test(reason) ? reason : 'other';
}
