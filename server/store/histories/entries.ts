/** Entries of a history one by one: as they are put together, and put back. Pure. */
import { type DayAmounts, encodeAmounts } from './amounts.ts';
import { type FirstSeen, type HistoryDay, encodeDay, encodeFirsts, secondOf } from './format.ts';
import { AmountReader, DayReader, FirstReader } from './readers.ts';

/** Days, and what they add up to, as they are stored. */
export interface Entries {
  days: Buffer;
  amounts: Buffer;
}

export interface Entry {
  day: number;
  /** Of the day; 0 where there is no event. */
  firstSecond: number;
  facetId: number;
  bytes: Uint8Array;
  amounts: Uint8Array;
}

export function entryOf(day: HistoryDay & DayAmounts): Entry {
  const { steps } = day;
  return {
    day: day.day,
    firstSecond: steps.length === 0 ? 0 : secondOf(steps.reduce((a, b) => Math.min(a, b))),
    facetId: day.facetId,
    bytes: encodeDay(day),
    amounts: encodeAmounts(day),
  };
}

/** The entries of `stored` but for those of `days`, with `entries` among them. */
export function merge(stored: Entries, days: ReadonlySet<number>, entries: Entry[]): Entry[] {
  const kept: Entry[] = [];
  const [dayReader, amountReader] = [new DayReader(), new AmountReader()];
  dayReader.open(stored.days, 0, stored.days.length);
  amountReader.open(stored.amounts, 0, stored.amounts.length);
  while (dayReader.next() && amountReader.next()) {
    const { day, firstSecond, facetId } = dayReader;
    if (days.has(day)) continue;
    kept.push({
      day,
      firstSecond,
      facetId,
      bytes: stored.days.subarray(dayReader.start, dayReader.end),
      amounts: stored.amounts.subarray(amountReader.start, amountReader.end),
    });
  }
  return [...kept, ...entries].sort(
    (a, b) => a.day - b.day || a.firstSecond - b.firstSecond || a.facetId - b.facetId,
  );
}

export function join(entries: readonly Entry[]): Entries {
  return {
    days: Buffer.concat(entries.map(({ bytes }) => bytes)),
    amounts: Buffer.concat(entries.map(({ amounts }) => amounts)),
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
