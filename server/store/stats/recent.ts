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
 * Since when to look, one after the other until there are enough: the index on `created_at` finds the newest blocks of
 * a large table only where it is told since when. Records are stored after they happened, so that there are some since
 * the day before the last one of which there are any.
 */
const LOOK_BACK = `
  select moment::text
  from unnest(array[
    now() - interval '10 minutes',
    now() - interval '1 day',
    (select max(day) - 1 from user_days)::timestamp at time zone 'UTC',
    '-infinity'
  ]) as moments (moment)
  where moment is not null
  order by moment desc`;

/** The newest records that match, newest first. `after`: only those stored later than this moment. */
export function readRecent(
  pool: pg.Pool,
  query: StatsQuery,
  after: string | undefined,
): Promise<RecentRecord[]> {
  const { sql, values } = rowsInRange(query);
  const since = `created_at > greatest($${values.length + 1}::timestamptz, $${values.length + 2}::timestamptz)`;
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
    const { rows: moments } = await client.query<{ moment: string }>(LOOK_BACK);
    for (const { moment } of moments) {
      const { rows } = await client.query<RecentRecord>(select, [...values, moment, after ?? '-infinity']);
      if (rows.length === RECORDS || moment === '-infinity') return rows;
    }
    return [];
  });
}
