/** What the database holds and how it grows; what clients lost before sending. */
import type pg from 'pg';

import { type StoredTable, databaseBytes, storedTables } from './database-size.ts';

export interface Storage {
  database_bytes: number;
  tables: StoredTable[];
  /** Oldest record by its own time; null where there is none. */
  oldest_record: Date | null;
  /** Records stored in the last seven days, by day of arrival. */
  records_per_day: number;
}

const GROWTH_DAYS = 7;

export async function readStorage(pool: pg.Pool): Promise<Storage> {
  const age = await pool.query<{ oldest: Date | null }>(
    `select min(oldest) as oldest
     from (
       select min(first_at) as oldest from user_days where day = (select min(day) from user_days)
       union all
       select min(crashed_at) from uncaught_crashes
     ) firsts`,
  );
  const growth = await pool.query<{ records: number }>(
    `select ((select count(*) from events where created_at > now() - $1::interval)
       + (select count(*) from crashes where created_at > now() - $1::interval))::float8 as records`,
    [`${GROWTH_DAYS} days`],
  );
  return {
    database_bytes: await databaseBytes(pool),
    tables: await storedTables(pool),
    oldest_record: age.rows[0]!.oldest,
    records_per_day: growth.rows[0]!.records / GROWTH_DAYS,
  };
}

export interface DroppedByReason {
  reason: string;
  records: number;
  users: number;
}

/** Running totals of all installs that are known, most first. */
export async function readDropped(pool: pg.Pool): Promise<DroppedByReason[]> {
  const { rows } = await pool.query<DroppedByReason>(
    `select reason, sum(total)::float8 as records, count(*)::int as users
     from client_dropped
     where total > 0
     group by reason
     order by records desc, reason`,
  );
  return rows;
}
