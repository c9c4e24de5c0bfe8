/**
 * First moments that outlive their records: retention removes old rows, but as long as a user has any record,
 * since when they are known stays known. The reference keeps that in a table of its own.
 */
import type pg from 'pg';

const COLUMNS = 'user_id, app_version, platform, country, environment, timestamp';

/** Call it once on a new database. */
export async function createMemory(pool: pg.Pool): Promise<void> {
  await pool.query(`create table reference_remembered as select ${COLUMNS} from events with no data`);
}

/** Call it before rows are removed by retention. */
export async function remember(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into reference_remembered select distinct on (user_id, app_version, platform, country, environment) ${COLUMNS}
     from events order by user_id, app_version, platform, country, environment, timestamp`,
  );
}

/** Call it after rows were removed: users without any record are forgotten. */
export async function forget(pool: pg.Pool): Promise<void> {
  await pool.query(
    `delete from reference_remembered
     where user_id not in (select user_id from events union select user_id from crashes)`,
  );
}
