/** The two tables that records go to: their statements, one array of values for each column. */
import type { CrashRow } from '../ingest/check-crash.ts';
import type { EventRow } from '../ingest/check-event.ts';
import type { Row } from '../ingest/submission.ts';

export interface RecordTable<R extends Row> {
  /** Inserts rows, returns `user_id` and `event_id` of those that were not there yet. */
  insert: string;
  columns: readonly (keyof R & string)[];
  /** `user_id` and `event_id` of the given keys that the other table holds. */
  seenElsewhere: string;
  /** The same for this table. */
  seenHere: string;
  /** How the user's lock is taken: see `store/user-lock.ts`. */
  lock: 'shared' | 'exclusive';
}

const seenIn = (table: 'events' | 'crashes'): string => `
  select seen.user_id, seen.event_id
  from unnest($1::uuid[], $2::uuid[]) as given (user_id, event_id)
  join ${table} seen on seen.user_id = given.user_id and seen.event_id = given.event_id`;

export const EVENTS: RecordTable<EventRow> = {
  columns: [
    'user_id',
    'event_id',
    'session_id',
    'timestamp',
    'event',
    'app_version',
    'platform',
    'country',
    'environment',
    'properties',
  ],
  insert: `
  insert into events
    (user_id, event_id, session_id, timestamp, event, app_version, platform, country, environment, properties)
  select * from unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::jsonb[])
  on conflict (user_id, event_id) do nothing
  returning user_id, event_id`,
  seenElsewhere: seenIn('crashes'),
  seenHere: seenIn('events'),
  lock: 'shared',
};

export const CRASHES: RecordTable<CrashRow> = {
  columns: [
    'user_id',
    'event_id',
    'session_id',
    'timestamp',
    'crash_type',
    'app_version',
    'os_version',
    'platform',
    'country',
    'environment',
    'fingerprint',
    'title',
    'error_message',
    'stack_trace',
    'context',
  ],
  insert: `
  insert into crashes
    (user_id, event_id, session_id, timestamp, crash_type, app_version, os_version, platform, country, environment,
     fingerprint, title, error_message, stack_trace, context)
  select * from unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::jsonb[])
  on conflict (user_id, event_id) do nothing
  returning user_id, event_id`,
  seenElsewhere: seenIn('events'),
  seenHere: seenIn('crashes'),
  lock: 'exclusive',
};
