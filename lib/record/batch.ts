/** What one request carries, and what the server answers. */
import * as z from 'zod/mini';

import type { CrashRecord } from './crash.ts';
import type { EventRecord } from './event.ts';

export type RecordKind = 'event' | 'crash';
export type TelemetryRecord = EventRecord | CrashRecord;

/** Running totals by reason since the install was made; a later total replaces an earlier one. */
export type DroppedTotals = Record<string, number>;

interface Envelope {
  /** The client's clock at this try, RFC 3339: lets the server correct a wrong clock. */
  sent_at: string;
  dropped?: DroppedTotals;
  user_id?: string;
}

/** Body of `POST /track`: 1 to 500 events. */
export interface TrackBody extends Envelope {
  events: EventRecord[];
}

/** Body of `POST /crash`: 1 to 50 crashes. */
export interface CrashBody extends Envelope {
  crashes: CrashRecord[];
}

export type Batch = { kind: 'events'; body: TrackBody } | { kind: 'crashes'; body: CrashBody };

/** Why the server did not store a record, in the order in which they apply. */
export const REJECTION_CODES = [
  'erased',
  'invalid_event',
  'invalid_crash',
  'unknown_event',
  'too_old',
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

export const rejectionSchema = z.object({
  index: z.int().check(z.gte(0)),
  event_id: z.nullable(z.string()),
  code: z.string(),
  message: z.string(),
});
export type Rejection = z.infer<typeof rejectionSchema>;

/** The 200 of `POST /track` and `POST /crash`. Nothing else settles a record. */
export const verdictSchema = z.object({
  accepted: z.int().check(z.gte(0)),
  duplicates: z.int().check(z.gte(0)),
  stripped: z.int().check(z.gte(0)),
  rejected: z.array(rejectionSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;
