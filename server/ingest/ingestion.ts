/** From a request's body to its verdict: the way that `POST /track` and `POST /crash` share. */
import type pg from 'pg';

import type { Verdict } from '../../lib/record/batch.ts';
import { type CompiledCatalogue } from '../../lib/record/catalogue.ts';
import { crashSchema } from '../../lib/record/crash.ts';
import { eventSchema } from '../../lib/record/event.ts';
import { MAX_CRASHES_PER_BATCH, MAX_EVENTS_PER_BATCH } from '../../lib/record/limits.ts';
import { CRASHES, EVENTS, type RecordTable } from '../store/record-tables.ts';
import { storeSubmissions } from '../store/records.ts';
import { checkCrash } from './check-crash.ts';
import { checkEvent } from './check-event.ts';
import { type RequestClock, requestClock } from './clock.ts';
import { type BatchForm, readBatch } from './received-batch.ts';
import { type RecordCheck, type Row, submit } from './submission.ts';
import { type WriteQueue, createWriteQueue } from './write-queue.ts';

export interface Ingestion {
  /** Resolves once everything accepted is committed. `bytes`: of the body. Throws `ApiError`. */
  ingest(kind: 'event' | 'crash', body: unknown, bytes: number): Promise<Verdict>;
  /** Records that wait to be written. */
  depth(): Record<'event' | 'crash', number>;
}

export interface IngestionOptions {
  pool: pg.Pool;
  catalogue: CompiledCatalogue;
  retentionDays: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const EVENT_BATCH: BatchForm = {
  key: 'events',
  maxRecords: MAX_EVENTS_PER_BATCH,
  recordFields: Object.keys(eventSchema.shape),
};
const CRASH_BATCH: BatchForm = {
  key: 'crashes',
  maxRecords: MAX_CRASHES_PER_BATCH,
  recordFields: Object.keys(crashSchema.shape),
};

/** Two fill two cores; more only make PostgreSQL's processes wait for each other. Leaves connections to the rest. */
const EVENT_LANES = 2;
const CRASH_LANES = 1;
/** About 10 ms of work: a larger transaction gains nothing, and its first request waits longer. */
const MAX_RECORDS_PER_TRANSACTION = 500;
/** With what parsing makes of it, about 100 MB of memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export function createIngestion({ pool, catalogue, retentionDays, now }: IngestionOptions): Ingestion {
  const queueOf = <R extends Row>(table: RecordTable<R>, lanes: number): WriteQueue<R> =>
    createWriteQueue({
      store: (submissions) => storeSubmissions(pool, table, submissions),
      lanes,
      maxRecords: MAX_RECORDS_PER_TRANSACTION,
      maxWaitingBytes: MAX_WAITING_BYTES,
    });
  const events = queueOf(EVENTS, EVENT_LANES);
  const crashes = queueOf(CRASHES, CRASH_LANES);

  async function take<R extends Row>(
    queue: WriteQueue<R>,
    form: BatchForm,
    body: unknown,
    bytes: number,
    check: (record: unknown, clock: RequestClock) => RecordCheck<R>,
  ): Promise<Verdict> {
    const batch = readBatch(body, form);
    const clock = requestClock(now(), batch.sentAt, retentionDays);
    return queue.add(await submit(batch, clock, (record) => check(record, clock)), bytes);
  }

  return {
    ingest(kind, body, bytes) {
      return kind === 'event'
        ? take(events, EVENT_BATCH, body, bytes, (record, clock) => checkEvent(record, catalogue, clock))
        : take(crashes, CRASH_BATCH, body, bytes, checkCrash);
    },
    depth: () => ({ event: events.depth, crash: crashes.depth }),
  };
}
