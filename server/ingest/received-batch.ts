/** From a request's JSON to its records: a batch of many, or one record that stands alone. */
import { type DroppedTotals } from '../../lib/record/batch.ts';
import { EVENT_NAME_PATTERN } from '../../lib/record/limits.ts';
import { timestamp } from '../../lib/record/fields.ts';
import { ApiError } from '../errors.ts';
import { parseUuid } from './ids.ts';

export interface ReceivedBatch {
  records: unknown[];
  /** The client's clock at this try, milliseconds since the epoch; null where it says nothing usable. */
  sentAt: number | null;
  dropped: DroppedTotals;
  /** Whose totals `dropped` are; null: those of the first record's user. */
  userId: string | null;
}

export interface BatchForm {
  /** Where the records are: `events` or `crashes`. */
  key: 'events' | 'crashes';
  maxRecords: number;
  /** Names of the fields of such a record: an object with one of them is a lone record. */
  recordFields: readonly string[];
}

/** More kinds of loss than any client has. */
const MAX_DROP_REASONS = 64;

/** Throws `ApiError` `invalid_batch`. What surrounds the records is taken where it makes sense: it costs none of them. */
export function readBatch(body: unknown, form: BatchForm): ReceivedBatch {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('invalid_batch', `expected an object with "${form.key}", or a record`);
  }
  const envelope = body as Record<string, unknown>;
  return {
    records: recordsOf(envelope, form),
    sentAt: readSentAt(envelope.sent_at),
    dropped: readDropped(envelope.dropped),
    userId: parseUuid(envelope.user_id),
  };
}

function recordsOf(
  envelope: Record<string, unknown>,
  { key, maxRecords, recordFields }: BatchForm,
): unknown[] {
  if (!Object.hasOwn(envelope, key)) {
    if (recordFields.some((field) => Object.hasOwn(envelope, field))) return [envelope];
    throw new ApiError('invalid_batch', `expected "${key}", or the fields of a record`);
  }
  const records = envelope[key];
  if (!Array.isArray(records)) throw new ApiError('invalid_batch', `${key}: expected an array`);
  if (records.length === 0 || records.length > maxRecords) {
    throw new ApiError('invalid_batch', `${key}: expected 1 to ${maxRecords} records, got ${records.length}`);
  }
  return records;
}

function readSentAt(value: unknown): number | null {
  const result = timestamp.safeParse(value);
  return result.success ? Date.parse(result.data) : null;
}

function readDropped(value: unknown): DroppedTotals {
  if (typeof value !== 'object' || value === null) return {};
  const totals = Object.entries(value).filter(
    ([reason, total]) =>
      EVENT_NAME_PATTERN.test(reason) && Number.isSafeInteger(total) && (total as number) >= 0,
  );
  return Object.fromEntries(totals.slice(0, MAX_DROP_REASONS)) as DroppedTotals;
}
