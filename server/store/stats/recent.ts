/** What was stored last, for the live view: without user and session. */
import type pg from 'pg';

import type { StatsQuery } from './query.ts';
import { rowsInRange } from './raw-rows.ts';
import { inSnapshot } from './snapshot.ts';

export interface RecentRecord {
  kind: 'event' | 'crash';
  event_id: string;
  timestamp: string;
  stored_at: string;
  /** Event name or crash type. */
  name: string;
  /** Null for crashes. */
  properties: Record<string, unknown> | null;
  /** Null for events. */
  error_message: string | null;
  app_version: string;
  platform: string | null;
  country: string | null;
  environment: string;
}

const RECORDS = 100;

/** As exact as it is stored, so that `after` finds neither this record again nor misses the next. */
const MICROSECONDS = `to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/**
 * How far back to look, one after the other until there are enough: the index on `created_at` finds the newest
 * blocks of a large table only where it is told since when.
 */
const LOOK_BACK = ['10 minutes', '1 day', '30 days', '100 years'];

/** The newest records that match, newest first. `after`: only those stored later than this moment. */
export function readRecent(
  pool: pg.Pool,
  query: StatsQuery,
  after: string | undefined,
): Promise<RecentRecord[]> {
  const { sql, values } = rowsInRange(query);
  const since = `created_at > greatest(now() - $${values.length + 1}::interval, $${values.length + 2}::timestamptz)`;
  const select = `
    select kind, event_id, timestamp, ${MICROSECONDS} as stored_at, name, properties, error_message, app_version,
      platform, country, environment
    from (
      (select 'event' as kind, event_id, timestamp, created_at, event as name, properties,
         null as error_message, app_version, platform, country, environment
       from events
       where ${sql} and ${since}
       order by created_at desc, event_id desc
       limit ${RECORDS})
      union all
      (select 'crash', event_id, timestamp, created_at, crash_type, null, error_message, app_version, platform,
         country, environment
       from crashes
       where ${sql} and ${since}
       order by created_at desc, event_id desc
       limit ${RECORDS})
    ) records
    order by created_at desc, event_id desc
    limit ${RECORDS}`;
  return inSnapshot(pool, async (client) => {
    for (const lookBack of LOOK_BACK) {
      const { rows } = await client.query<RecentRecord>(select, [...values, lookBack, after ?? '-infinity']);
      if (rows.length === RECORDS || lookBack === LOOK_BACK.at(-1)) return rows;
    }
    return [];
  });
}
