/** Entries of a history one by one: as they are put together, and put back. Pure. */
import {
  type FirstSeen,
  type HistoryDay,
  PAIR_SECONDS,
  VALUES,
  encodeDay,
  encodeFirsts,
  encodeValues,
  pairOf,
} from './format.ts';
import { DayReader, FirstReader, ValueReader } from './readers.ts';

/** Days and their values, as they are stored. */
export interface Entries {
  days: Buffer;
  values: Buffer;
}

export interface Entry {
  day: number;
  /** As `DayReader` tells it. */
  firstSecond: number;
  facetId: number;
  bytes: Buffer;
  /** Empty where there are none. */
  values: Buffer;
}

export function entryOf(day: HistoryDay): Entry {
  const { steps } = day;
  return {
    day: day.day,
    firstSecond: steps.length === 0 ? 0 : pairOf(steps.reduce((a, b) => Math.min(a, b))) * PAIR_SECONDS,
    facetId: day.facetId,
    bytes: encodeDay(day),
    values: encodeValues(day),
  };
}

export function readEntries(stored: Entries): Entry[] {
  const entries: Entry[] = [];
  const [days, values] = [new DayReader(), new ValueReader()];
  days.open(stored.days, 0, stored.days.length);
  values.open(stored.values, 0, stored.values.length);
  while (days.next()) {
    const hasValues = (days.flags & VALUES) !== 0;
    if (hasValues) values.next();
    entries.push({
      day: days.day,
      firstSecond: days.firstSecond,
      facetId: days.facetId,
      bytes: stored.days.subarray(days.start, days.end),
      values: hasValues ? stored.values.subarray(values.start, values.end) : NOTHING,
    });
  }
  return entries;
}

const NOTHING = Buffer.alloc(0);

/** Puts entries into the order that histories have. */
export function inOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => a.day - b.day || a.firstSecond - b.firstSecond || a.facetId - b.facetId);
}

export function join(entries: readonly Entry[]): Entries {
  return {
    days: Buffer.concat(entries.map(({ bytes }) => bytes)),
    values: Buffer.concat(entries.map(({ values }) => values)),
  };
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
