/** Entries of a history one by one: as they are put together, and put back. Pure. */
import { type FirstSeen, type HistoryDay, encodeDay, encodeFirsts, secondOf } from './format.ts';
import { DayReader, FirstReader } from './readers.ts';

export interface Entry {
  day: number;
  /** Of the day; 0 where there is no event. */
  firstSecond: number;
  facetId: number;
  bytes: Uint8Array;
}

export function entryOf(day: HistoryDay): Entry {
  const { steps } = day;
  return {
    day: day.day,
    firstSecond: steps.length === 0 ? 0 : secondOf(steps.reduce((a, b) => Math.min(a, b))),
    facetId: day.facetId,
    bytes: encodeDay(day),
  };
}

/** The entries of `stored`, and with each the reader that stands on it. */
export function* readEntries(stored: Uint8Array): Generator<{ entry: Entry; reader: DayReader }> {
  const reader = new DayReader();
  reader.open(stored, 0, stored.length);
  while (reader.next()) {
    const { day, firstSecond, facetId, start, end } = reader;
    yield { entry: { day, firstSecond, facetId, bytes: stored.subarray(start, end) }, reader };
  }
}

/** Puts entries into the order that histories have. */
export function inOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => a.day - b.day || a.firstSecond - b.firstSecond || a.facetId - b.facetId);
}

export function join(entries: readonly Entry[]): Buffer {
  return Buffer.concat(entries.map(({ bytes }) => bytes));
}

/** `stored`, with `firsts` in the place of what it says of their facets. */
export function mergeFirsts(stored: Buffer, firsts: readonly FirstSeen[]): Buffer {
  const byFacet = new Map<number, FirstSeen>();
  const reader = new FirstReader();
  reader.open(stored, 0, stored.length);
  while (reader.next()) {
    const { facetId, day, time } = reader;
    byFacet.set(facetId, { facetId, day, time });
  }
  for (const first of firsts) byFacet.set(first.facetId, first);
  return encodeFirsts([...byFacet.values()]);
}
