/**
 * How many records wait and how large they are, known without counting them all.
 *
 * Going through 10,000 rows takes milliseconds, too long for a start or for every insert; triggers that keep the
 * numbers exact cost a third of every insert (both measured). So the table `counted` holds the numbers of all rows up
 * to `through_id`, and only the rows behind it are counted. New rows always get a greater id, and so leave it true;
 * each transaction that deletes rows writes it anew. In between, a process goes by its own changes, and by
 * `data_version`, which says whether another one has written.
 */
import type { RecordKind } from '../record/batch.ts';
import type { Connection } from './connection.ts';
import { DAMAGED } from './store.ts';

/** After so many inserts the numbers are written, so that the next start has no more than these to count. */
const INSERTS_BETWEEN_WRITES = 256;

export interface Tally {
  records: number;
  bytes: number;
}

export interface RemovedRow {
  kind: RecordKind;
  bytes: number;
}

export class Tallies {
  readonly #connection: Connection;
  #event: Tally = { records: 0, bytes: 0 };
  #crash: Tally = { records: 0, bytes: 0 };
  /** Of the file when the numbers were read; null: they are not known. */
  #dataVersion: number | null = null;
  #insertsSinceWrite = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onRollback = () => this.#forget();
  }

  /** As this process knows it: what others did since the last `refresh` is missing. */
  get event(): Readonly<Tally> {
    return this.#event;
  }
  get crash(): Readonly<Tally> {
    return this.#crash;
  }

  get records(): number {
    return this.#event.records + this.#crash.records;
  }

  /** Makes the numbers exact. */
  refresh(): void {
    const { sql } = this.#connection;
    const { data_version: version } = sql.dataVersion.get() as { data_version: number };
    if (version === this.#dataVersion) return;
    const counted = sql.counted.get() as CountedRow;
    this.#event = { records: counted.events, bytes: counted.event_bytes };
    this.#crash = { records: counted.crashes, bytes: counted.crash_bytes };
    for (const { kind, records, bytes } of sql.countFrom.all(counted.through_id) as KindRow[]) {
      this.#add(kind, records, bytes);
    }
    this.#dataVersion = version;
  }

  /** Counts every row: where the numbers in the file may be wrong. Rows of no known kind go, counted as damaged. */
  recount(): void {
    const { sql } = this.#connection;
    this.#connection.transaction(() => {
      const unknown = sql.removeUnknown.all().length;
      if (unknown > 0) sql.drop.run(DAMAGED, unknown);
      sql.writeCounted.run(0, 0, 0, 0);
      sql.uncount.run();
      this.#forget();
      this.#write();
    });
  }

  inserted(kind: RecordKind, bytes: number): void {
    this.#add(kind, 1, bytes);
    this.#insertsSinceWrite += 1;
  }

  /** Between transactions: writes the numbers where many were inserted since. */
  writeIfDue(): void {
    if (this.#insertsSinceWrite >= INSERTS_BETWEEN_WRITES) this.#connection.transaction(() => this.#write());
  }

  /** Inside a transaction: every deletion of records goes through here. */
  remove(deleteRows: () => RemovedRow[]): RemovedRow[] {
    // Exact, as nobody else can write until the transaction ends.
    this.refresh();
    const rows = deleteRows();
    for (const { kind, bytes } of rows) this.#add(kind, -1, -bytes);
    this.#write();
    return rows;
  }

  #forget(): void {
    this.#dataVersion = null;
  }

  #write(): void {
    this.refresh();
    const { records: events, bytes: eventBytes } = this.#event;
    const { records: crashes, bytes: crashBytes } = this.#crash;
    this.#connection.sql.writeCounted.run(events, eventBytes, crashes, crashBytes);
    this.#insertsSinceWrite = 0;
  }

  #add(kind: RecordKind, records: number, bytes: number): void {
    const tally = kind === 'event' ? this.#event : this.#crash;
    tally.records += records;
    tally.bytes += bytes;
  }
}

interface CountedRow {
  through_id: number;
  events: number;
  event_bytes: number;
  crashes: number;
  crash_bytes: number;
}

interface KindRow extends Tally {
  kind: RecordKind;
}
