/** The days of histories in columns (`format.ts`): written, and read. */
import { ByteReader, int24At, integerAt } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { ACTIVE, CRASHED, DAY_BYTES, PAIR_BYTES, PAIR_SECONDS, TIME_BYTES } from './format.ts';

/** What one user did on one day with one facet, as the columns have it. */
export interface DayEntry {
  day: number;
  facetId: number;
  flags: number;
  /** In which pair of seconds of the day the first and the last event were; 0 without events. */
  firstPair: number;
  lastPair: number;
  /** As they are stored. */
  names: Uint8Array;
  /** Microseconds of the day; null where the flags say that there is no crash. */
  firstCrash: number | null;
}

const FLAGS_AND_PAIRS = 1 + 2 * PAIR_BYTES;
/** Where in the byte with the widths of columns which of them is, and how many of its bits. */
const DAY_WIDTH = { shift: 0, mask: 3 };
const FACET_WIDTH = { shift: 2, mask: 3 };
const LENGTH_WIDTH = { shift: 4, mask: 7 };

/** `entries` in the order of histories. No bytes where there are none. */
export function writeColumns(entries: readonly DayEntry[]): Buffer {
  const writer = new ByteWriter();
  if (entries.length === 0) return writer.bytes;
  const crashes = entries.filter(({ firstCrash }) => firstCrash !== null);
  const facets = [...new Set(entries.map(({ facetId }) => facetId))];
  const indexes = new Map(facets.map((facetId, index) => [facetId, index]));
  const days = entries.map(({ day }, i) => (i === 0 ? 0 : day - entries[i - 1]!.day));
  const facetIndexes = entries.map(({ facetId }) => indexes.get(facetId)!);
  const lengths = entries.map(({ names }) => names.length);
  const [dayWidth, facetWidth, lengthWidth] = [widthOf(days), widthOf(facetIndexes), widthOf(lengths)];
  for (const number of [entries.length, facets.length, ...facets, crashes.length]) writer.number(number);
  writer.integer(entries[0]!.day, DAY_BYTES);
  const widths =
    (dayWidth << DAY_WIDTH.shift) | (facetWidth << FACET_WIDTH.shift) | (lengthWidth << LENGTH_WIDTH.shift);
  writer.integer(widths, 1);
  for (const { flags } of entries) writer.integer(flags, 1);
  for (const { firstPair, lastPair } of entries) {
    writer.integer(firstPair, PAIR_BYTES);
    writer.integer(lastPair, PAIR_BYTES);
  }
  writeColumn(writer, days, dayWidth);
  writeColumn(writer, facetIndexes, facetWidth);
  writeColumn(writer, lengths, lengthWidth);
  for (const { firstCrash } of crashes) writer.integer(firstCrash!, TIME_BYTES);
  for (const { names } of entries) writer.append(names);
  return writer.bytes;
}

/** How many bytes the largest value takes: none for zero. */
function widthOf(values: readonly number[]): number {
  const largest = values.reduce((a, b) => Math.max(a, b));
  return Math.ceil((32 - Math.clz32(largest)) / 8);
}

function writeColumn(to: ByteWriter, values: readonly number[], width: number): void {
  if (width > 0) for (const value of values) to.integer(value, width);
}

/**
 * Reads the days of one history after the other: entries 0 to `count` (excluded), settled ones and then recent ones.
 * Arrays are longer, and what lies behind is of an earlier history.
 */
export class DayColumns extends ByteReader {
  count = 0;
  day = new Int32Array(64);
  facetId = new Int32Array(64);
  flags = new Uint8Array(64);
  /** Where the names of an entry lie in `bytes`, up to `namesEnd` (excluded). Names of entries may lie side by side. */
  namesStart = new Int32Array(64);
  namesEnd = new Int32Array(64);
  /** See `readNames`. */
  names = new Uint32Array(1_024);
  readonly #settled = new Columns();
  readonly #recent = new Columns();
  #facets = new Int32Array(16);

  /** Reads what lies from `at` to `last` (excluded) of `bytes`, and from `recentAt` to `recentLast`. */
  override open(bytes: Uint8Array, at: number, last: number, recentAt = 0, recentLast = 0): void {
    super.open(bytes, at, last);
    this.count = 0;
    if (at < last) this.#readColumns(this.#settled);
    this.#recent.first = this.count;
    if (recentAt >= recentLast) return;
    super.open(bytes, recentAt, recentLast);
    this.#readColumns(this.#recent);
  }

  /** On local variables: every pass comes here with every day. */
  #readColumns(columns: Columns): void {
    const { bytes, count: first } = this;
    const entries = this.number();
    const facets = this.#readFacets();
    const crashes = this.number();
    const widths = bytes[this.at + DAY_BYTES]!;
    const dayWidth = (widths >> DAY_WIDTH.shift) & DAY_WIDTH.mask;
    const facetWidth = (widths >> FACET_WIDTH.shift) & FACET_WIDTH.mask;
    const lengthWidth = (widths >> LENGTH_WIDTH.shift) & LENGTH_WIDTH.mask;
    let flagsAt = this.at + DAY_BYTES + 1;
    columns.first = first;
    columns.pairs = flagsAt + entries;
    let dayAt = flagsAt + entries * FLAGS_AND_PAIRS;
    let facetAt = dayAt + entries * dayWidth;
    let lengthAt = facetAt + entries * facetWidth;
    columns.crashes = lengthAt + entries * lengthWidth;
    let names = columns.crashes + crashes * TIME_BYTES;
    this.count = first + entries;
    this.#makeRoom();
    const { count, day: days, facetId: facetIds, flags, namesStart, namesEnd } = this;
    let day = int24At(bytes, this.at);
    let facetId = facets[0]!;
    for (let i = first; i < count; i += 1) {
      day += dayWidth === 1 ? bytes[dayAt]! : integerAt(bytes, dayAt, dayWidth);
      dayAt += dayWidth;
      if (facetWidth !== 0) {
        facetId = facets[facetWidth === 1 ? bytes[facetAt]! : integerAt(bytes, facetAt, facetWidth)]!;
        facetAt += facetWidth;
      }
      days[i] = day;
      facetIds[i] = facetId;
      flags[i] = bytes[flagsAt]!;
      flagsAt += 1;
      namesStart[i] = names;
      names += lengthWidth === 1 ? bytes[lengthAt]! : integerAt(bytes, lengthAt, lengthWidth);
      lengthAt += lengthWidth;
      namesEnd[i] = names;
    }
  }

  #readFacets(): Int32Array {
    const count = this.number();
    if (count > this.#facets.length) this.#facets = new Int32Array(count * 2);
    for (let i = 0; i < count; i += 1) this.#facets[i] = this.number();
    return this.#facets;
  }

  #makeRoom(): void {
    if (this.count <= this.day.length) return;
    const size = this.count * 2;
    this.day = enlarged(this.day, new Int32Array(size));
    this.facetId = enlarged(this.facetId, new Int32Array(size));
    this.flags = enlarged(this.flags, new Uint8Array(size));
    this.namesStart = enlarged(this.namesStart, new Int32Array(size));
    this.namesEnd = enlarged(this.namesEnd, new Int32Array(size));
  }

  #columnsOf(i: number): Columns {
    return i < this.#recent.first ? this.#settled : this.#recent;
  }

  firstPair(i: number): number {
    const { pairs, first } = this.#columnsOf(i);
    return integerAt(this.bytes, pairs + (i - first) * 2 * PAIR_BYTES, PAIR_BYTES);
  }

  lastPair(i: number): number {
    const { pairs, first } = this.#columnsOf(i);
    return integerAt(this.bytes, pairs + (i - first) * 2 * PAIR_BYTES + PAIR_BYTES, PAIR_BYTES);
  }

  /** The second of the day from which on there are events; 0 where there are none. */
  firstSecond(i: number): number {
    return this.firstPair(i) * PAIR_SECONDS;
  }

  /** The last second in which there may be one; 0 where there are none. */
  lastSecond(i: number): number {
    return (this.flags[i]! & ACTIVE) === 0 ? 0 : (this.lastPair(i) + 1) * PAIR_SECONDS - 1;
  }

  /** Microseconds of the day; only where the flags say that there is a crash. */
  firstCrash(i: number): number {
    const { crashes, first } = this.#columnsOf(i);
    let before = 0;
    for (let j = first; j < i; j += 1) if ((this.flags[j]! & CRASHED) !== 0) before += 1;
    return integerAt(this.bytes, crashes + before * TIME_BYTES, TIME_BYTES);
  }

  /**
   * Puts the events into `names`, in the order of time: each as `name_id` × 2, + 1 if at the same time as the one before.
   * Returns how many there are.
   */
  readNames(i: number): number {
    const { bytes } = this;
    const end = this.namesEnd[i]!;
    let at = this.namesStart[i]!;
    if (end - at > this.names.length) this.names = new Uint32Array((end - at) * 2);
    const { names } = this;
    let count = 0;
    for (; at < end; count += 1) {
      let code = bytes[at++]!;
      if (code > 127) {
        code = this.numberAt(at - 1);
        at = this.at;
      }
      names[count] = code;
    }
    return count;
  }

  /** Adds 1 to `counts[name_id]` for each of the events whose names lie from `at` to `end` (excluded). */
  addNamesTo(counts: Float64Array, start: number, end: number): void {
    const { bytes } = this;
    for (let at = start; at < end;) {
      let code = bytes[at++]!;
      if (code > 127) {
        code = this.numberAt(at - 1);
        at = this.at;
      }
      counts[code >> 1]! += 1;
    }
  }
}

/** Where the columns of some entries lie in the bytes. */
class Columns {
  /** The entry that they begin with. */
  first = 0;
  pairs = 0;
  crashes = 0;
}

function enlarged<Numbers extends Int32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
