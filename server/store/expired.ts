/** Records older than the retention: found, and removed. */
import type pg from 'pg';

import { readByCursor } from './cursor.ts';

export type ExpiredKey = {
  user_id: string;
  event_id: string;
  /** UTC day. */
  day: string;
};

type RecordTableName = 'events' | 'crashes';

/** Gives keys in batches, in one pass over the table: `client` must be in a transaction. */
export function expiredRecords(
  client: pg.ClientBase,
  table: RecordTableName,
  before: Date,
  count: number,
): AsyncIterable<ExpiredKey[]> {
  return readByCursor<ExpiredKey>(client, {
    text: `select user_id, event_id, (timestamp at time zone 'UTC')::date::text as day
           from ${table} where timestamp < $1`,
    values: [before],
    count,
  });
}

/** Removes records and marks their days for the aggregator; `client` must be in a transaction. Returns how many. */
export async function deleteRecords(
  client: pg.ClientBase,
  table: RecordTableName,
  keys: readonly ExpiredKey[],
): Promise<number> {
  const { rowCount } = await client.query(
    `delete from ${table} record using unnest($1::uuid[], $2::uuid[]) as expired (user_id, event_id)
     where record.user_id = expired.user_id and record.event_id = expired.event_id`,
    [keys.map((key) => key.user_id), keys.map((key) => key.event_id)],
  );
  await client.query(
    'insert into dirty_user_days (user_id, day) select distinct * from unnest($1::uuid[], $2::date[])',
    [keys.map((key) => key.user_id), keys.map((key) => key.day)],
  );
  return rowCount ?? 0;
}

/** What clients lost is kept as long as they last told of it within the retention. */
export async function forgetLosses(pool: pg.Pool, before: Date): Promise<void> {
  await pool.query('delete from client_dropped where updated_at < $1', [before]);
}
