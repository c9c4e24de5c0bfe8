/** The two tables that records go to, and the functions of the schema that store in them. */
import type { RejectionCode } from '../../lib/record/batch.ts';
import type { CrashRow } from '../ingest/check-crash.ts';
import type { EventRow } from '../ingest/check-event.ts';
import type { Row } from '../ingest/submission.ts';

export interface RecordTable<R extends Row> {
  /** Takes locks, users and flags, then an array for each of `columns`. */
  store: string;
  columns: readonly (keyof R & string)[];
  /** For a record that PostgreSQL refuses though it passed the checks. */
  invalid: RejectionCode;
}

export const EVENTS: RecordTable<EventRow> = {
  store:
    'select erased, stored, known from store_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
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
  invalid: 'invalid_event',
};

export const CRASHES: RecordTable<CrashRow> = {
  store: `select erased, stored, known from store_crashes(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
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
  invalid: 'invalid_crash',
};
