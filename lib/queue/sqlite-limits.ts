/** Holds a queue file to its limits on number, bytes and age. */
import type { RecordKind } from '../record/batch.ts';
import type { Connection } from './connection.ts';
import { type ClockMemory, EXPIRY_INTERVAL_MS, expiryCutoff } from './expiry.ts';
import { chooseVictims, EXPIRED, QUEUE_FULL, type StoreOptions } from './store.ts';

const CLOCK = 'queue.clock';

/** After this many inserts the counts are compared with the file, as other processes may add too. */
const INSERTS_BETWEEN_LOOKS = 256;

interface Tally {
  records: number;
  bytes: number;
}

/**
 * Counting rows takes milliseconds, so each process keeps the tallies of its own changes and counts anew only where
 * `data_version` says that another one has written. (Triggers would keep them exact at a third of the price of every
 * insert, measured.)
 */
export class SqliteLimits {
  readonly #connection: Connection;
  readonly #options: StoreOptions;
  #tallies: Record<RecordKind, Tally> = { event: { records: 0, bytes: 0 }, crash: { records: 0, bytes: 0 } };
  #dataVersion: number | null = null;
  #insertsSinceLook = 0;
  #lastExpiryAt = 0;

  constructor(connection: Connection, options: StoreOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  inserted(kind: RecordKind, bytes: number): void {
    this.#tallies[kind].records += 1;
    this.#tallies[kind].bytes += bytes;
    this.#insertsSinceLook += 1;
  }

  /** Rows as `delete … returning kind, bytes` gives them. */
  removed(rows: readonly { kind: RecordKind; bytes: number }[]): void {
    for (const { kind, bytes } of rows) {
      this.#tallies[kind].records -= 1;
      this.#tallies[kind].bytes -= bytes;
    }
  }

  /** After a transaction that may have been rolled back. */
  forget(): void {
    this.#dataVersion = null;
  }

  tallies(): Readonly<Record<RecordKind, Readonly<Tally>>> {
    this.#look();
    return this.#tallies;
  }

  enforce(): void {
    if (Math.abs(this.#options.now() - this.#lastExpiryAt) >= EXPIRY_INTERVAL_MS) this.#expire();
    if (this.#dataVersion === null || this.#insertsSinceLook >= INSERTS_BETWEEN_LOOKS) this.#look();
    if (!this.#isOver()) return;
    // Another process may have sent meanwhile what this one still counts.
    this.#look();
    if (this.#isOver()) this.#changing(() => this.#trim());
  }

  #look(): void {
    this.#insertsSinceLook = 0;
    const { sql } = this.#connection;
    const { data_version: version } = sql.dataVersion.get() as { data_version: number };
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    for (const kind of ['event', 'crash'] as const) this.#tallies[kind] = sql[kind].count.get() as Tally;
  }

  #isOver(): boolean {
    const { event, crash } = this.#tallies;
    return (
      event.records + crash.records > this.#options.maxRecords ||
      event.bytes + crash.bytes > this.#options.maxBytes
    );
  }

  /** Oldest usage events go first, crashes last; what is on its way right now only where nothing else is left. */
  #trim(): void {
    const { sql } = this.#connection;
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
          const page = sql[kind][pass].all(...parameters, 256) as { id: number; bytes: number }[];
          if (page.length === 0) break;
          const victims = chooseVictims(page, excess);
          const ids = JSON.stringify(victims.map(({ id }) => id));
          this.removed(sql.remove.all(ids) as { kind: RecordKind; bytes: number }[]);
          sql.drop.run(QUEUE_FULL, victims.length);
        }
      }
    }
  }

  #expire(): void {
    const now = this.#options.now();
    this.#changing(() => {
      const { sql } = this.#connection;
      const row = sql.getState.get(CLOCK) as { value: string } | undefined;
      const seen = row ? (JSON.parse(row.value) as ClockMemory) : { seenAt: null, leaptAt: null };
      const { cutoff, memory } = expiryCutoff(seen, now, this.#options.maxAgeDays);
      sql.setState.run(CLOCK, JSON.stringify(memory));
      if (cutoff === null) return;
      for (const kind of ['event', 'crash'] as const) {
        const expired = sql[kind].expire.all(cutoff, now, now, cutoff) as {
          kind: RecordKind;
          bytes: number;
        }[];
        this.removed(expired);
        if (expired.length > 0) sql.drop.run(EXPIRED, expired.length);
      }
    });
    this.#lastExpiryAt = now;
  }

  #changing(work: () => void): void {
    try {
      this.#connection.transaction(work);
    } catch (error) {
      this.forget();
      throw error;
    }
  }
}
