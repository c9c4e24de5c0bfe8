/** What a submission is answered, once the database has said what became of its rows. */
import type { Rejection, Verdict } from '../../lib/record/batch.ts';
import type { Row, Submission } from './submission.ts';

/** What the database did with the keys of one or more submissions. Used up by `answer`, in order. */
export interface Outcome {
  erased: ReadonlySet<string>;
  /** Keys that were stored. Each is given once, to the first record that carries it. */
  stored: Set<string>;
  /** Keys that are here, among those too old to be stored; grows by those given. */
  known: Set<string>;
}

export function keyOf({ user_id: userId, event_id: eventId }: Row): string {
  return `${userId} ${eventId}`;
}

/** The first record with a key is accepted; later ones, in this or another submission, are duplicates. */
export function answer<R extends Row>(
  { candidates, refusals, stripped }: Submission<R>,
  { erased, stored, known }: Outcome,
): Verdict {
  const verdict: Verdict = { accepted: 0, duplicates: 0, stripped, rejected: [] };
  for (const { userId, ...refusal } of refusals) {
    verdict.rejected.push(
      userId !== null && erased.has(userId) ? erasedRejection(refusal.index, refusal.event_id) : refusal,
    );
  }
  for (const { index, row, tooOld } of candidates) {
    const key = keyOf(row);
    if (erased.has(row.user_id)) {
      verdict.rejected.push(erasedRejection(index, row.event_id));
    } else if (!tooOld && stored.delete(key)) {
      known.add(key);
      verdict.accepted += 1;
    } else if (tooOld && !known.has(key)) {
      verdict.rejected.push({
        index,
        event_id: row.event_id,
        code: 'too_old',
        message: 'timestamp: older than the retention',
      });
    } else {
      verdict.duplicates += 1;
    }
  }
  verdict.rejected.sort((a, b) => a.index - b.index);
  return verdict;
}

function erasedRejection(index: number, eventId: string | null): Rejection {
  return { index, event_id: eventId, code: 'erased', message: 'user_id: this user asked to be erased' };
}
