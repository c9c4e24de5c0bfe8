/**
 * When records leave: every `flushIntervalMs`, when `flushAt` of them wait, when a backoff is over, when the network
 * is back, and on `flush`. How they leave is the lanes' business. No timer here keeps the process alive.
 */
import type { FlushReport } from '../handle.ts';
import type { RecordKind } from '../record/batch.ts';
import { holdProcess } from './hold-process.ts';
import { Lane, type LaneOptions } from './lane.ts';

export interface SenderOptions extends Omit<
  LaneOptions,
  'kind' | 'maySend' | 'onSettled' | 'now' | 'random'
> {
  maySend: (kind: RecordKind) => boolean;
  /** False while certainly offline. */
  isOnline: () => boolean;
  flushIntervalMs: number;
  flushAt: number;
  /** Nothing leaves until `flush` is called. */
  paused: boolean;
  /** Called before each round, for what else waits for the server. */
  onRound: () => void;
  onSettled: (records: number) => void;
  now?: () => number;
  random?: () => number;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #lanes: Record<RecordKind, Lane>;
  readonly #retryTimers = new Map<Lane, NodeJS.Timeout>();
  readonly #tallies = new Set<{ sent: number; rejected: number }>();
  readonly #tick: NodeJS.Timeout;
  #kick: NodeJS.Timeout | undefined;
  #sinceRound = 0;
  #paused: boolean;
  #closed = false;

  constructor(options: SenderOptions) {
    const { now = Date.now, random = Math.random } = options;
    this.#options = options;
    this.#paused = options.paused;
    const lane = (kind: RecordKind): Lane =>
      new Lane({
        ...options,
        kind,
        now,
        random,
        maySend: () => !this.#paused && options.maySend(kind),
        onSettled: (sent, rejected) => this.#count(sent, rejected),
      });
    this.#lanes = { crash: lane('crash'), event: lane('event') };
    this.#tick = setInterval(() => this.#roundWhereOnline(), options.flushIntervalMs);
    this.#tick.unref();
  }

  /** Sends what waits and is due, in a moment: what the code that runs now records goes into the same batch. */
  look(): void {
    if (this.#kick || this.#closed) return;
    this.#kick = setTimeout(() => {
      this.#kick = undefined;
      this.#roundWhereOnline();
    }, 0);
    this.#kick.unref();
  }

  /** A record was queued. */
  recordAdded(): void {
    this.#sinceRound += 1;
    if (this.#sinceRound >= this.#options.flushAt) this.look();
  }

  /** Resolves when all that could be sent now is sent. Never rejects. */
  async flush(): Promise<Pick<FlushReport, 'sent' | 'rejected'>> {
    this.#paused = false;
    const tally = { sent: 0, rejected: 0 };
    this.#tallies.add(tally);
    const release = holdProcess();
    try {
      if (!this.#closed && this.#options.isOnline()) await this.#round('all');
    } finally {
      release();
      this.#tallies.delete(tally);
    }
    return tally;
  }

  /** The network may be back: tries again without waiting for the backoff's end. */
  wake(): void {
    if (!this.#closed && this.#options.isOnline()) void this.#round('all');
  }

  /** Gives up the request under way with records of this kind; they stay in the queue. */
  abort(kind: RecordKind): void {
    this.#lanes[kind].abort();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#tick);
    clearTimeout(this.#kick);
    for (const timer of this.#retryTimers.values()) clearTimeout(timer);
    for (const lane of this.#all()) lane.close();
  }

  #all(): Lane[] {
    return Object.values(this.#lanes);
  }

  #roundWhereOnline(): void {
    if (this.#options.isOnline()) void this.#round('due');
  }

  async #round(round: 'due' | 'all'): Promise<void> {
    this.#sinceRound = 0;
    if (!this.#paused) this.#options.onRound();
    await Promise.all(
      this.#all().map(async (lane) => {
        await lane.run(round);
        if (!this.#closed) this.#retryLater(lane);
      }),
    );
  }

  #retryLater(lane: Lane): void {
    clearTimeout(this.#retryTimers.get(lane));
    const waitMs = lane.waitMs();
    if (waitMs === 0) return;
    const timer = setTimeout(() => {
      if (this.#options.isOnline()) void lane.run('due').then(() => this.#closed || this.#retryLater(lane));
    }, waitMs);
    timer.unref();
    this.#retryTimers.set(lane, timer);
  }

  #count(sent: number, rejected: number): void {
    for (const tally of this.#tallies) {
      tally.sent += sent;
      tally.rejected += rejected;
    }
    this.#options.onSettled(sent);
  }
}
