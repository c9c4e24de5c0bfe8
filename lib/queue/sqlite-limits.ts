/** Holds a queue file to its limits on number, bytes and age. */
import type { Connection } from './connection.ts';
import { type ClockMemory, EXPIRY_INTERVAL_MS, expiryCutoff } from './expiry.ts';
import { chooseVictims, type Excess, EXPIRED, isOver, QUEUE_FULL, type StoreOptions } from './store.ts';
import type { RemovedRow, Tallies } from './tallies.ts';

const CLOCK = 'queue.clock';

/** More than this at once is no flood of records but numbers that are wrong, so all is counted first. */
const PLAUSIBLE_EXCESS = { records: 256, bytes: 2 ** 20 };

export class SqliteLimits {
  readonly #connection: Connection;
  readonly #tallies: Tallies;
  readonly #options: StoreOptions;
  #lastExpiryAt = 0;

  constructor(connection: Connection, tallies: Tallies, options: StoreOptions) {
    this.#connection = connection;
    this.#tallies = tallies;
    this.#options = options;
  }

  /** Drops what is too old, every ten minutes and at the first use. */
  expireWhenDue(): void {
    if (Math.abs(this.#options.now() - this.#lastExpiryAt) >= EXPIRY_INTERVAL_MS) this.#expire();
  }

  enforce(): void {
    this.expireWhenDue();
    this.#tallies.writeIfDue();
    if (!isOver(this.#excess())) return;
    // Another process may have sent meanwhile what this one still counts.
    this.#tallies.refresh();
    const { records, bytes } = this.#excess();
    if (records > PLAUSIBLE_EXCESS.records || bytes > PLAUSIBLE_EXCESS.bytes) this.#tallies.recount();
    if (isOver(this.#excess())) this.#connection.transaction(() => this.#trim());
  }

  #excess(): Excess {
    const { event, crash } = this.#tallies;
    return {
      records: this.#tallies.records - this.#options.maxRecords,
      bytes: event.bytes + crash.bytes - this.#options.maxBytes,
    };
  }

  /** Oldest usage events go first, crashes last; what is on its way right now only where nothing else is left. */
  #trim(): void {
    const { sql } = this.#connection;
    this.#tallies.remove(() => {
      const excess = this.#excess();
      const now = this.#options.now();
      const removed: RemovedRow[] = [];
      for (const kind of ['event', 'crash'] as const) {
        for (const pass of ['unleased', 'inOrder'] as const) {
          while (isOver(excess)) {
            const parameters = pass === 'unleased' ? [now, now] : [];
            const page = sql[kind][pass].all(...parameters, 256) as { id: number; bytes: number }[];
            if (page.length === 0) break;
            const ids = chooseVictims(page, excess).map(({ id }) => id);
            removed.push(...(sql.remove.all(JSON.stringify(ids)) as RemovedRow[]));
          }
        }
      }
      if (removed.length > 0) sql.drop.run(QUEUE_FULL, removed.length);
      return removed;
    });
  }

  #expire(): void {
    const now = this.#options.now();
    this.#connection.transaction(() => {
      const { sql } = this.#connection;
      const seen = this.#connection.state<ClockMemory>(CLOCK) ?? { seenAt: null, leaptAt: null };
      const { cutoff, memory } = expiryCutoff(seen, now, this.#options.maxAgeDays);
      sql.setState.run(CLOCK, JSON.stringify(memory));
      if (cutoff === null) return;
      const expired = this.#tallies.remove(() =>
        (['event', 'crash'] as const).flatMap(
          (kind) => sql[kind].expire.all(cutoff, now, now, cutoff) as RemovedRow[],
        ),
      );
      if (expired.length > 0) sql.drop.run(EXPIRED, expired.length);
    });
    this.#connection.finishErasing();
    this.#lastExpiryAt = now;
  }
}
