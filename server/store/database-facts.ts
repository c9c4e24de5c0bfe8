/** What an examination asks the database. */
import type pg from 'pg';

import { databaseBytes } from './database-size.ts';

export interface DatabaseFacts {
  /** Such as `18.1`. */
  version: string;
  encoding: string;
  bytes: number;
  /** How far the database's clock is ahead of this machine's; half the round trip is taken off. */
  clockAheadSeconds: number;
  /** Null where it was not asked for, as the schema is not there. */
  records: {
    /** How long the oldest user-day has been waiting for the aggregator; null where none waits. */
    oldestMarkSeconds: number | null;
    /** By its own time; null where there is none. */
    oldestRecordDays: number | null;
  } | null;
}

export async function readDatabaseFacts(
  pool: pg.Pool,
  { withRecords }: { withRecords: boolean },
): Promise<DatabaseFacts> {
  const { rows } = await pool.query<Pick<DatabaseFacts, 'version' | 'encoding'>>(
    `select split_part(current_setting('server_version'), ' ', 1) as version,
       current_setting('server_encoding') as encoding`,
  );
  return {
    ...rows[0]!,
    bytes: await databaseBytes(pool),
    clockAheadSeconds: await readClock(pool),
    records: withRecords ? await readRecords(pool) : null,
  };
}

/** Asked on a connection that is open already. */
async function readClock(pool: pg.Pool): Promise<number> {
  const sent = Date.now();
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
  return (rows[0]!.now.getTime() - (sent + Date.now()) / 2) / 1000;
}

async function readRecords(pool: pg.Pool): Promise<NonNullable<DatabaseFacts['records']>> {
  const { rows } = await pool.query<NonNullable<DatabaseFacts['records']>>(
    `select
       (select extract(epoch from clock_timestamp() - min(marked_at))::float8 from dirty_user_days) as "oldestMarkSeconds",
       extract(epoch from now() - least((select min(timestamp) from events), (select min(timestamp) from crashes)))::float8
         / 86400 as "oldestRecordDays"`,
  );
  return rows[0]!;
}
