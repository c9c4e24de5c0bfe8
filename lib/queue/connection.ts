/** One open queue file: its statements, and the ways of writing to it. */
import { UnsoundFileError, type SqliteDatabase, type SqliteDriver } from './driver.ts';
import { prepareDatabase } from './schema.ts';
import { prepareStatements, type Statements } from './statements.ts';

/** Set while a purge has deleted rows but may not have emptied the WAL yet. */
const PURGING = 'queue.purging';

export class Connection {
  readonly sql: Statements;
  readonly #database: SqliteDatabase;
  /** Called after a transaction was undone. */
  onRollback: () => void = () => {};

  /** Throws where the file cannot be opened, is damaged, or is not a queue (`failureOf` says which). */
  constructor(driver: SqliteDriver, path: string, patienceMs: number) {
    this.#database = driver.open(path);
    try {
      this.setPatience(patienceMs);
      prepareDatabase(this.#database);
      this.sql = prepareStatements(this.#database);
      this.finishErasing();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** How long a call waits for other processes. Milliseconds. */
  setPatience(milliseconds: number): void {
    this.#database.exec(`pragma busy_timeout = ${milliseconds}`);
  }

  /** One write transaction. The lock is taken at its start, so that it cannot fail half-way for being busy. */
  transaction<T>(work: () => T): T {
    this.sql.begin.run();
    try {
      const result = work();
      this.sql.commit.run();
      return result;
    } catch (error) {
      this.onRollback();
      try {
        this.sql.rollback.run();
      } catch {
        // SQLite has rolled back already, as it does when the disk is full.
      }
      throw error;
    }
  }

  /** On return the disk holds what `write` committed, not only the operating system (on macOS the drive's cache too). */
  synced(write: () => void): void {
    this.#database.exec('pragma synchronous = full; pragma fullfsync = on');
    try {
      write();
    } finally {
      this.#database.exec('pragma synchronous = normal; pragma fullfsync = off');
    }
  }

  /** A value of the table `state`; null where it is missing, or overwritten by something else. */
  state<T>(key: string): T | null {
    const row = this.sql.getState.get(key) as { value: string } | undefined;
    try {
      return row ? (JSON.parse(row.value) as T) : null;
    } catch {
      return null;
    }
  }

  /** Deletes so that nothing is left in the file or its WAL, now or, if that is in use, at the next `finishErasing`. */
  erase<T>(work: () => T): T {
    const result = this.transaction(() => {
      this.sql.setState.run(PURGING, 'true');
      return work();
    });
    this.finishErasing();
    return result;
  }

  /** Copies the WAL back and cuts it to nothing: until then it holds old copies of what was deleted. */
  finishErasing(): void {
    if (this.state(PURGING) === null) return;
    const { busy } = this.sql.checkpoint.get() as { busy: number };
    // A reader in another process may have stood in the way.
    if (busy === 0) this.sql.removeState.run(PURGING);
  }

  /** Looks through the whole file. Throws `UnsoundFileError` where it finds damage. */
  checkSound(): void {
    const { quick_check: verdict } = this.#database.prepare('pragma quick_check(1)').get() as {
      quick_check: string;
    };
    if (verdict !== 'ok') throw new UnsoundFileError(verdict);
  }

  close(): void {
    this.#database.close();
  }
}
