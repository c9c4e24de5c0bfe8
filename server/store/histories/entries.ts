/** Entries of a history one by one: as they are put together, and put back. Pure. */
import { ByteWriter } from './byte-writer.ts';
import { DayReader, type DayEntry, writeColumns } from './day-columns.ts';
import {
  CRASHED,
  type FirstSeen,
  type HistoryDay,
  NAMES,
  VALUES,
  encodeFirsts,
  encodeValues,
  flagsOf,
  pairOf,
} from './format.ts';
import { FirstReader, ValueReader } from './readers.ts';

/** Days and their values, as they are stored. */
export interface Entries {
  days: Buffer;
  values: Buffer;
}

export interface Entry extends DayEntry {
  /** Empty where there are none. */
  values: Buffer;
}

export function entryOf(day: HistoryDay): Entry {
  const steps = day.steps.toSorted();
  return {
    day: day.day,
    facetId: day.facetId,
    flags: flagsOf(day),
    firstPair: steps.length === 0 ? 0 : pairOf(steps[0]!),
    lastPair: steps.length === 0 ? 0 : pairOf(steps.at(-1)!),
    names: encodeNames(steps),
    firstCrash: day.firstCrash,
    values: encodeValues(day),
  };
}

function encodeNames(steps: Float64Array): Buffer {
  const names = new ByteWriter();
  let before = -1;
  for (const step of steps) {
    const time = Math.floor(step / NAMES);
    names.number((step - time * NAMES) * 2 + (time === before ? 1 : 0));
    before = time;
  }
  return names.bytes;
}

export function readEntries(stored: Entries): Entry[] {
  const entries: Entry[] = [];
  const [days, values] = [new DayReader(), new ValueReader()];
  days.open(stored.days, 0, stored.days.length);
  values.open(stored.values, 0, stored.values.length);
  while (days.next()) {
    const { day, facetId, flags } = days;
    const hasValues = (flags & VALUES) !== 0;
    if (hasValues) values.next();
    entries.push({
      day,
      facetId,
      flags,
      firstPair: days.firstPair,
      lastPair: days.lastPair,
      names: stored.days.subarray(days.namesStart, days.namesEnd),
      firstCrash: (flags & CRASHED) === 0 ? null : days.firstCrash,
      values: hasValues ? stored.values.subarray(values.start, values.end) : NOTHING,
    });
  }
  return entries;
}

const NOTHING = Buffer.alloc(0);

/** Tells the `name_id` of each event of an entry. */
export function eachName(names: Uint8Array, tell: (nameId: number) => void): void {
  let [code, shift] = [0, 0];
  for (const byte of names) {
    code |= (byte & 127) << shift;
    shift += 7;
    if (byte > 127) continue;
    tell(code >> 1);
    [code, shift] = [0, 0];
  }
}

/** Puts entries into the order that histories have. */
export function inOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => a.day - b.day || a.firstPair - b.firstPair || a.facetId - b.facetId);
}

export function join(entries: readonly Entry[]): Entries {
  return { days: writeColumns(entries), values: Buffer.concat(entries.map(({ values }) => values)) };
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
