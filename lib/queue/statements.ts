/** Every statement of the SQLite store, prepared once. The two kinds get their own: their indexes are partial. */
import type { RecordKind } from '../record/batch.ts';
import type { SqliteDatabase, SqliteStatement } from './driver.ts';
import { MAX_DELAY_MS, MAX_LEASE_MS } from './store.ts';

/** Row ids as a JSON array. */
const GIVEN_IDS = 'id in (select value from json_each(?))';

/** Free for leasing whatever its next try says. Takes now, twice. */
const UNLEASED = `(lease_owner is null or ready_at <= ? or ready_at > ? + ${MAX_LEASE_MS})`;

/** Due: takes now, twice. What lies further ahead than any lease or delay was written before a clock was set back. */
const DUE = `(ready_at <= ? or ready_at > ? + iif(lease_owner is null, ${MAX_DELAY_MS}, ${MAX_LEASE_MS}))`;

export interface KindStatements {
  oldest: SqliteStatement;
  peek: SqliteStatement;
  due: SqliteStatement;
  unleased: SqliteStatement;
  inOrder: SqliteStatement;
  expire: SqliteStatement;
  purge: SqliteStatement;
}

function prepareKind(database: SqliteDatabase, kind: RecordKind): KindStatements {
  const ofKind = `from records where kind = '${kind}'`;
  return {
    oldest: database.prepare(`select captured_at ${ofKind} order by id limit 1`),
    peek: database.prepare(`select payload ${ofKind} order by id limit ?`),
    due: database.prepare(`select id, bytes ${ofKind} and ${DUE} order by id limit ?`),
    unleased: database.prepare(`select id, bytes ${ofKind} and ${UNLEASED} order by id limit ?`),
    inOrder: database.prepare(`select id, bytes ${ofKind} order by id limit ?`),
    // Only what lies before the first record that is young enough: costs nothing while nothing is too old.
    expire: database.prepare(
      `delete ${ofKind} and captured_at < ? and ${UNLEASED}
       and id < coalesce((select id ${ofKind} and captured_at >= ? order by id limit 1), 9e15)
       returning kind, bytes`,
    ),
    purge: database.prepare(`delete ${ofKind} returning kind, bytes`),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements(database: SqliteDatabase) {
  return {
    begin: database.prepare('begin immediate'),
    commit: database.prepare('commit'),
    rollback: database.prepare('rollback'),
    dataVersion: database.prepare('pragma data_version'),
    checkpoint: database.prepare('pragma wal_checkpoint(truncate)'),

    event: prepareKind(database, 'event'),
    crash: prepareKind(database, 'crash'),

    counted: database.prepare('select * from counted'),
    countFrom: database.prepare(
      'select kind, count(*) as records, sum(bytes) as bytes from records where id > ? group by kind',
    ),
    writeCounted: database.prepare(
      `update counted set through_id = max(through_id, (select ifnull(max(id), 0) from records)),
         events = ?, event_bytes = ?, crashes = ?, crash_bytes = ?`,
    ),
    // SQLite takes the table's `not null` on trust, and so would find no null if it was asked for one.
    removeUnknown: database.prepare(
      `delete from records where iif(kind in ('event', 'crash'), 0, 1) returning id`,
    ),
    uncount: database.prepare('update counted set through_id = 0'),

    // Other processes insert too: the id that was asked for, or the one after theirs.
    insert: database.prepare(
      `insert into records (id, kind, event_id, captured_at, bytes, ready_at, tries, payload)
       values (max(?, 1 + (select ifnull(max(id), 0) from records), 1 + (select through_id from counted)),
         ?, ?, ?, ?, ?, ?, ?)`,
    ),
    // Where cells were overwritten by something else, a payload may be no JSON: `sound` says so.
    read: database.prepare(
      `select id, event_id, kind, payload, bytes, tries, typeof(payload) = 'text' and json_valid(payload) as sound
       from records where ${GIVEN_IDS} order by id`,
    ),
    lease: database.prepare(`update records set lease_owner = ?, ready_at = ? where ${GIVEN_IDS}`),
    renew: database.prepare(`update records set ready_at = ? where lease_owner = ? and ${GIVEN_IDS}`),
    release: database.prepare(
      `update records set lease_owner = null, ready_at = ?, tries = tries + 1 where ${GIVEN_IDS}`,
    ),
    remove: database.prepare(`delete from records where ${GIVEN_IDS} returning kind, bytes`),
    anyFresh: database.prepare('select id from records where ready_at = 0 limit 1'),
    firstReady: database.prepare(
      `select min(iif(${DUE}, 0, ready_at)) as at from records where ready_at > 0`,
    ),
    all: database.prepare('select * from records order by id'),

    deadLetters: database.prepare(
      'select event_id as eventId, kind, payload, reason, at from dead_letters order by id',
    ),
    countDeadLetters: database.prepare('select count(*) as letters from dead_letters'),
    insertDeadLetter: database.prepare(
      'insert into dead_letters (kind, event_id, reason, at, payload) values (?, ?, ?, ?, ?)',
    ),
    trimDeadLetters: database.prepare(
      'delete from dead_letters where id <= (select max(id) from dead_letters) - ?',
    ),
    purgeDeadLetters: database.prepare('delete from dead_letters where kind = ?'),

    drop: database.prepare(
      `insert into dropped (reason, total) values (?, ?)
       on conflict (reason) do update set total = total + excluded.total`,
    ),
    dropped: database.prepare('select reason, total from dropped order by reason'),

    getState: database.prepare('select value from state where key = ?'),
    allState: database.prepare('select key, value from state'),
    setState: database.prepare('insert or replace into state (key, value) values (?, ?)'),
    removeState: database.prepare('delete from state where key = ?'),
  };
}
