/** The queue file: how it is set up, and how an older one is brought up to date. */
import { UnsoundFileError, type SqliteDatabase } from './driver.ts';

/** "Roos": tells a queue from any other SQLite file that may lie in its place. */
const APPLICATION_ID = 0x526f6f73;

/**
 * `user_version` n is the state after step n. Steps are only ever added.
 *
 * `records.id` is made by the queue (record-id.ts). `ready_at` is the moment from which a record may be leased:
 * 0 for a fresh one, the end of the lease while `lease_owner` holds it, the next try after a failed one.
 * `payload` comes last, so that looking for ids does not read it. The indexes are partial: a fresh usage event, by
 * far the most frequent insert, touches none of them.
 */
const STEPS = [
  `create table records (
     id integer primary key,
     kind text not null,
     event_id text not null,
     captured_at integer not null,
     bytes integer not null,
     ready_at integer not null default 0,
     lease_owner text,
     tries integer not null default 0,
     payload text not null
   );
   create index records_crashes on records (id) where kind = 'crash';
   create index records_not_ready on records (ready_at) where ready_at > 0;
   -- What the rows up to through_id come to (tallies.ts).
   create table counted (
     through_id integer not null,
     events integer not null,
     event_bytes integer not null,
     crashes integer not null,
     crash_bytes integer not null
   );
   insert into counted values (0, 0, 0, 0, 0);
   create table dead_letters (
     id integer primary key,
     kind text not null,
     event_id text not null,
     reason text not null,
     at integer not null,
     payload text not null
   );
   create table dropped (reason text primary key, total integer not null) without rowid;
   create table state (key text primary key, value text not null) without rowid;`,
];

/**
 * Connection settings, each with its reason.
 *
 * - WAL: one short write per record, readers never wait.
 * - synchronous NORMAL: a commit is safe against the end of the process; crash rows raise it to FULL.
 * - secure_delete: what is deleted is overwritten, so that a purge leaves nothing behind.
 * - wal_autocheckpoint 500: copying the WAL back stalls the caller. 500 pages keep the stall at about half of what
 *   SQLite's own 1,000 cost, and still spread it over some 250 inserts (docs/benchmarks.md).
 * - journal_size_limit: a WAL grown by one large transaction shrinks again.
 */
const SETTINGS = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma secure_delete = on;
  pragma wal_autocheckpoint = 500;
  pragma journal_size_limit = 4194304;
  pragma temp_store = memory;`;

/** Sets up the connection, then creates or updates the tables. Throws `UnsoundFileError` for a file that is not ours. */
export function prepareDatabase(database: SqliteDatabase): void {
  database.exec(SETTINGS);
  if (versionOf(database) === STEPS.length) return;
  database.exec('begin immediate');
  try {
    // Asked again inside the transaction: another process may have been first.
    for (const step of STEPS.slice(versionOf(database))) database.exec(step);
    database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${STEPS.length}; commit`);
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

/** 0 for an empty file. Throws `UnsoundFileError` for a file that is not ours. */
export function versionOf(database: SqliteDatabase): number {
  const pragma = (name: string): number => {
    const row = database.prepare(`pragma ${name}`).get() as Record<string, number>;
    return row[name] ?? 0;
  };
  const version = pragma('user_version');
  const applicationId = pragma('application_id');
  const { tables } = database.prepare('select count(*) as tables from sqlite_schema').get() as {
    tables: number;
  };
  if (applicationId === 0 && version === 0 && tables === 0) return 0;
  if (applicationId !== APPLICATION_ID) throw new UnsoundFileError('it is a database of another program');
  if (version > STEPS.length) throw new UnsoundFileError(`it was written by a newer version (${version})`);
  return version;
}
