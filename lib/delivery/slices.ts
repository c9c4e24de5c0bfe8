/** Work on many records in slices, so that the app gets its turn in between: a whole batch would hold it up for long. */
import { giveWay } from './give-way.ts';

/** About a millisecond's work with the queue. */
export const SLICE_RECORDS = 50;

/** Calls `work` with one slice after the other; it ends the whole by returning false. */
export async function inSlices<T>(
  items: readonly T[],
  work: (slice: readonly T[]) => boolean | void,
): Promise<void> {
  for (let start = 0; start < items.length; start += SLICE_RECORDS) {
    if (start > 0) await giveWay();
    if (work(items.slice(start, start + SLICE_RECORDS)) === false) return;
  }
}
