/** Everything about one user: given out, or erased. */
import type pg from 'pg';

import { hashUserId } from '../ingest/ids.ts';
import { inTransaction } from './pool.ts';
import { forgetUser } from './rollups/index.ts';
import { lockUser } from './user-lock.ts';

export interface UserData {
  user_id: string;
  events: Record<string, unknown>[];
  crashes: Record<string, unknown>[];
}

const MOMENT = `to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as timestamp`;

/** The records in the form in which they travel; null where nothing is stored. */
export async function exportUser(pool: pg.Pool, userId: string): Promise<UserData | null> {
  const events = await pool.query<Record<string, unknown>>(
    `select event_id, user_id, session_id, ${MOMENT}, event, properties, app_version, platform, country, environment
     from events where user_id = $1 order by events.timestamp, event_id`,
    [userId],
  );
  const crashes = await pool.query<Record<string, unknown>>(
    `select event_id, user_id, session_id, ${MOMENT}, crash_type, error_message, stack_trace, context, app_version,
       os_version, platform, country, environment
     from crashes where user_id = $1 order by crashes.timestamp, event_id`,
    [userId],
  );
  if (events.rows.length === 0 && crashes.rows.length === 0) return null;
  return { user_id: userId, events: events.rows, crashes: crashes.rows };
}

/**
 * Deletes everything about a user and leaves a tombstone, so that what arrives later is refused. Waits for
 * requests that bring records of the user at this moment, and lets later ones see the tombstone.
 */
export function eraseUser(pool: pg.Pool, userId: string): Promise<Erased> {
  return inTransaction(pool, async (client) => {
    await lockUser(client, userId);
    await client.query(
      `insert into erased_users (user_hash) values (decode($1, 'hex')) on conflict (user_hash) do nothing`,
      [hashUserId(userId)],
    );
    return deleteUser(client, userId);
  });
}

export interface Erased {
  events: number;
  crashes: number;
}

/** The deletion alone, in the caller's transaction, which has seen to it that nothing is added meanwhile. */
export async function deleteUser(client: pg.ClientBase, userId: string): Promise<Erased> {
  await forgetUser(client, userId);
  const events = await client.query('delete from events where user_id = $1', [userId]);
  const crashes = await client.query('delete from crashes where user_id = $1', [userId]);
  await client.query('delete from client_dropped where user_id = $1', [userId]);
  return { events: events.rowCount ?? 0, crashes: crashes.rowCount ?? 0 };
}
