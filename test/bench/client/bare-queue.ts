/** The reference: a table like the queue's own in a WAL file, written by prepared statements and nothing else. */
import { join } from 'node:path';

import Database from 'better-sqlite3';

export class BareQueue {
  readonly #database: Database.Database;
  readonly #insert: Database.Statement;
  readonly #removeAll: Database.Statement;

  constructor(folder: string) {
    this.#database = new Database(join(folder, 'bare.db'));
    this.#database.exec(`
      pragma journal_mode = wal; pragma synchronous = normal;
      create table records (
        id integer primary key, kind text not null, event_id text not null, captured_at integer not null,
        bytes integer not null, ready_at integer not null default 0, lease_owner text,
        tries integer not null default 0, payload text not null
      )`);
    this.#insert = this.#database.prepare(
      'insert into records (kind, event_id, captured_at, bytes, payload) values (?, ?, ?, ?, ?)',
    );
    this.#removeAll = this.#database.prepare('delete from records');
  }

  add(payload: string): void {
    this.#insert.run('event', EVENT_ID, Date.now(), payload.length, payload);
  }

  removeAll(): void {
    this.#removeAll.run();
  }

  close(): void {
    this.#database.close();
  }
}

const EVENT_ID = '019e0f3a-5c1d-7b7e-9d0a-1f2e3d4c5b6a';
