/** What one request asks to be stored, after its checks; the same shape for events and crashes. */
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { DroppedTotals, Rejection, RejectionCode } from '../../lib/record/batch.ts';
import { parseUuid } from './ids.ts';
import type { RequestClock } from './clock.ts';
import type { ReceivedBatch } from './received-batch.ts';

/** Columns that events and crashes share. */
export interface Row {
  user_id: string;
  event_id: string;
  /** RFC 3339, UTC, milliseconds. */
  timestamp: string;
}

export interface Candidate<R extends Row> {
  index: number;
  row: R;
  /** Older than the retention: refused, unless it is here already. */
  tooOld: boolean;
}

export interface Refusal extends Rejection {
  code: RejectionCode;
  /** Known where at least the user id was valid: an erased user comes before any other reason. */
  userId: string | null;
}

export interface Submission<R extends Row> {
  candidates: Candidate<R>[];
  refusals: Refusal[];
  /** Unknown properties that were left out. */
  stripped: number;
  dropped: { userId: string; totals: DroppedTotals } | null;
}

export type RecordCheck<R extends Row> =
  { ok: true; row: R; time: number; stripped: number } | { ok: false; code: RejectionCode; message: string };

/** Milliseconds of checking after which others have their turn: hostile crashes take long to scrub. */
const TURN_MS = 20;

/** Checks each record of a batch by `check`. */
export async function submit<R extends Row>(
  batch: ReceivedBatch,
  clock: RequestClock,
  check: (record: unknown) => RecordCheck<R>,
): Promise<Submission<R>> {
  let turn = performance.now();
  const submission: Submission<R> = { candidates: [], refusals: [], stripped: 0, dropped: null };
  for (const [index, record] of batch.records.entries()) {
    if (performance.now() - turn > TURN_MS) {
      await nextTurn();
      turn = performance.now();
    }
    const result = check(record);
    if (result.ok) {
      submission.candidates.push({ index, row: result.row, tooOld: result.time < clock.oldest });
      submission.stripped += result.stripped;
    } else {
      const given = (record ?? {}) as Record<string, unknown>;
      submission.refusals.push({
        index,
        event_id: parseUuid(given.event_id),
        code: result.code,
        message: result.message,
        userId: parseUuid(given.user_id),
      });
    }
  }
  const userId = batch.userId ?? submission.candidates[0]?.row.user_id ?? null;
  if (userId !== null && Object.keys(batch.dropped).length > 0) {
    submission.dropped = { userId, totals: batch.dropped };
  }
  return submission;
}
