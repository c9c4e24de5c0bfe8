/**
 * The way out of one kind of record. Events and crashes have a lane each, so that trouble with one holds up the other
 * in nothing.
 *
 * A round: lease what fits into a batch, send it (`trip.ts`), act on the outcome, and again while more waits. Leases are
 * renewed while a batch is on its way; what comes back undecided is released, to be tried after the backoff.
 */
import type { LeasedRecord } from '../queue/types.ts';
import { MAX_BODY_BYTES, MAX_CRASHES_PER_BATCH, MAX_EVENTS_PER_BATCH } from '../record/limits.ts';
import { reasonOf } from '../warn.ts';
import { giveWay } from './give-way.ts';
import {
  afterRefusal,
  afterRetry,
  READY,
  remainingMs,
  type RetryState,
  wasClockSetBack,
} from './retry-policy.ts';
import { SLICE_RECORDS } from './slices.ts';
import { Trip, type Outcome, type TripOptions } from './trip.ts';

export interface LaneOptions extends TripOptions {
  /** Whether records of this kind may leave now: consent, notice, safe mode. */
  maySend: () => boolean;
  random: () => number;
}

/** `due` obeys the backoff; `all` (`flush`, a network that is back) obeys only a wait that the server asked for. */
export type Round = 'due' | 'all';

/** A dead process gives its records back within the minute that is promised. */
const LEASE_MS = 45_000;
/** A batch's payloads; the rest of the limit is for `sent_at`, `dropped`, commas. */
const MAX_PAYLOAD_BYTES = MAX_BODY_BYTES - 64 * 1024;

export class Lane {
  readonly #options: LaneOptions;
  readonly #owner = `${process.pid}-${crypto.randomUUID()}`;
  readonly #stateKey: string;
  #running: Promise<void> | null = null;
  /** Records in the next batch at most; null in a run that has not sent one yet. */
  #limit: number | null = null;
  /** Leased, and not on their way yet. */
  #gathered: LeasedRecord[] = [];
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
    const held = this.#trip ? [...this.#trip.open] : this.#gathered.map(({ rowId }) => rowId);
    if (held.length > 0) this.#options.queue.release(held, this.#options.now());
    this.#closed = true;
  }

  async #sendAll(round: Round): Promise<void> {
    try {
      // Records that wait for a moment of another time are due as well.
      if (wasClockSetBack(this.#state(), this.#options.now())) round = 'all';
      while (await this.#sendBatch(round));
    } catch (error) {
      this.#options.warn('sending_failed', `sending failed: ${reasonOf(error)}. It is tried again.`);
    }
  }

  /** True where more may wait. */
  async #sendBatch(round: Round): Promise<boolean> {
    const { queue, maySend, now } = this.#options;
    if (this.#closed || !maySend()) return false;
    const state = this.#state();
    if (remainingMs(state, now(), { firm: round === 'all' }) > 0) return false;
    const most = this.#mostRecords(state);
    const { signal } = this.#abort;
    const leased = await this.#gather(most, round, signal);
    if (leased.length === 0 || this.#closed) return false;

    const trip = new Trip(this.#options, leased, signal);
    const outcome = await this.#runRenewing(trip);
    if (this.#closed) return false;
    this.#limit = this.#nextLimit(most, outcome, trip);
    const next = this.#nextState(state, outcome);
    this.#keep(next);
    queue.release([...trip.open], next.notBefore);
    return outcome.status === 'done' && (leased.length === most || sum(leased) > MAX_PAYLOAD_BYTES / 2);
  }

  /** Leases a batch, slice by slice; what comes together as it is aborted goes back by the trip. */
  async #gather(most: number, round: Round, signal: AbortSignal): Promise<LeasedRecord[]> {
    const { queue, kind } = this.#options;
    this.#gathered = [];
    let wanted: number;
    let slice: LeasedRecord[];
    do {
      if (this.#gathered.length > 0) await giveWay();
      if (this.#closed || signal.aborted) break;
      wanted = Math.min(SLICE_RECORDS, most - this.#gathered.length);
      slice = queue.lease({
        kind,
        owner: this.#owner,
        maxRecords: wanted,
        maxBytes: MAX_PAYLOAD_BYTES - sum(this.#gathered),
        leaseMs: LEASE_MS,
        dueOnly: round === 'due',
      });
      this.#gathered.push(...slice);
      // A slice's first record comes whatever its size: so no other slice where one could be too much.
    } while (
      slice.length === wanted &&
      this.#gathered.length < most &&
      sum(this.#gathered) < MAX_PAYLOAD_BYTES / 2
    );
    return this.#gathered;
  }

  async #runRenewing(trip: Trip): Promise<Outcome> {
    const renew = (): void => void this.#options.queue.renew(this.#owner, [...trip.open], LEASE_MS);
    const renewal = setInterval(renew, LEASE_MS / 3);
    renewal.unref();
    this.#trip = trip;
    try {
      return await trip.run();
    } finally {
      clearInterval(renewal);
      this.#trip = null;
    }
  }

  #nextState(state: RetryState, outcome: Outcome): RetryState {
    const { warn, now, random } = this.#options;
    switch (outcome.status) {
      case 'done':
        return READY;
      case 'stopped':
        return state;
      case 'refused':
        warn('refused', `the server refuses records (${outcome.reason}): are endpoint and ingestKey right?`);
        return afterRefusal(state, now());
      case 'retry':
        return afterRetry(state, outcome.afterMs, now(), random);
    }
  }

  #mostRecords({ failures }: RetryState): number {
    return this.#limit ?? Math.max(1, Math.floor(this.#fullBatch() / 2 ** failures));
  }

  #fullBatch(): number {
    return this.#options.kind === 'event' ? MAX_EVENTS_PER_BATCH : MAX_CRASHES_PER_BATCH;
  }

  /** Half as many after a failure, which may have been too much for the line; twice as many after each success. */
  #nextLimit(limit: number, { status }: Outcome, { wasSplit, largestTaken }: Trip): number {
    if (status === 'stopped') return limit;
    if (status !== 'done') return Math.max(1, Math.floor(limit / 2));
    // It went through in parts only: as much as went through at once.
    if (wasSplit) return Math.max(1, largestTaken);
    return Math.min(this.#fullBatch(), limit * 2);
  }

  #state(): RetryState {
    // A file of 0.1.0 does not know every field.
    return { ...READY, ...this.#options.queue.getState<RetryState>(this.#stateKey) };
  }

  #keep(next: RetryState): void {
    const { failures, since } = this.#state();
    // Most often there was nothing to wait for, and is nothing now.
    const changed = next.failures !== failures || next.since !== since;
    if (changed) this.#options.queue.setState(this.#stateKey, next);
  }
}

function sum(records: LeasedRecord[]): number {
  return records.reduce((total, { bytes }) => total + bytes, 0);
}
