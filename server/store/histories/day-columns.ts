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
  writer.number(entries.at(-1)!.day - entries[0]!.day);
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

/** Reads the days of a history, one entry after the other: settled ones, then recent ones. */
export class DayReader extends ByteReader {
  day = 0;
  facetId = 0;
  flags = 0;
  /** Where the names of the entry lie in `bytes`, up to `namesEnd` (excluded). Those of the next entry follow. */
  namesStart = 0;
  namesEnd = 0;
  #recentAt = 0;
  #recentLast = 0;
  /** How many entries of these columns are still to come, and which one this is. */
  #left = 0;
  #entry = 0;
  #facets = new Int32Array(16);
  #facetCount = 0;
  /** Days from the first to the last entry. */
  #span = 0;
  #flags = 0;
  #pairs = 0;
  #days = 0;
  #dayWidth = 0;
  #facetIndexes = 0;
  #facetWidth = 0;
  #lengths = 0;
  #lengthWidth = 0;
  #crash = 0;
  /** Where the next name lies. */
  #name = 0;

  /** Reads what lies from `at` to `last` (excluded) of `bytes`, and from `recentAt` to `recentLast`. */
  override open(bytes: Uint8Array, at: number, last: number, recentAt = 0, recentLast = 0): void {
    super.open(bytes, at, last);
    this.#recentAt = recentAt;
    this.#recentLast = recentLast;
    this.#left = 0;
    if (at < last) this.#openColumns();
  }

  #openColumns(): void {
    const { bytes } = this;
    const entries = this.number();
    this.#readFacets();
    const crashes = this.number();
    this.#span = this.number();
    this.day = int24At(bytes, this.at);
    const widths = bytes[this.at + DAY_BYTES]!;
    this.#dayWidth = (widths >> DAY_WIDTH.shift) & DAY_WIDTH.mask;
    this.#facetWidth = (widths >> FACET_WIDTH.shift) & FACET_WIDTH.mask;
    this.#lengthWidth = (widths >> LENGTH_WIDTH.shift) & LENGTH_WIDTH.mask;
    this.#flags = this.at + DAY_BYTES + 1;
    this.#pairs = this.#flags + entries;
    this.#days = this.#flags + entries * FLAGS_AND_PAIRS;
    this.#facetIndexes = this.#days + entries * this.#dayWidth;
    this.#lengths = this.#facetIndexes + entries * this.#facetWidth;
    const crash = this.#lengths + entries * this.#lengthWidth;
    this.#crash = crash - TIME_BYTES;
    this.namesEnd = crash + crashes * TIME_BYTES;
    this.facetId = this.#facets[0]!;
    this.#left = entries;
    this.#entry = -1;
  }

  #readFacets(): void {
    const count = this.number();
    this.#facetCount = count;
    if (count > this.#facets.length) this.#facets = new Int32Array(count * 2);
    for (let i = 0; i < count; i += 1) this.#facets[i] = this.number();
  }

  #openRecent(): boolean {
    if (this.#recentAt >= this.#recentLast) return false;
    super.open(this.bytes, this.#recentAt, this.#recentLast);
    this.#recentAt = this.#recentLast;
    this.#openColumns();
    return true;
  }

  /**
   * Adds 1 to `counts[name_id]` for each event of the columns that come next, if all of their days and facets count.
   * Returns false where these have to be read one by one, or where there are none. To count all in one go takes half the
   * time.
   */
  addAllNamesTo(counts: Float64Array, from: number, to: number, matches: Uint8Array): boolean {
    if (this.#left === 0 && !this.#openRecent()) return false;
    if (this.day < from || this.day + this.#span > to) return false;
    for (let i = 0; i < this.#facetCount; i += 1) if (matches[this.#facets[i]!] === 0) return false;
    this.#addNames(counts, this.namesEnd, this.last);
    this.#left = 0;
    return true;
  }

  /** Goes to the next entry; false where there is none. */
  next(): boolean {
    if (this.#left === 0 && !this.#openRecent()) return false;
    this.#left -= 1;
    const { bytes } = this;
    const entry = (this.#entry += 1);
    const flags = bytes[this.#flags + entry]!;
    this.flags = flags;
    if ((flags & CRASHED) !== 0) this.#crash += TIME_BYTES;
    this.day += this.#dayWidth === 1 ? bytes[this.#days + entry]! : this.#valueAt(this.#days, this.#dayWidth);
    if (this.#facetWidth !== 0) {
      this.facetId =
        this.#facets[
          this.#facetWidth === 1
            ? bytes[this.#facetIndexes + entry]!
            : this.#valueAt(this.#facetIndexes, this.#facetWidth)
        ]!;
    }
    this.namesStart = this.namesEnd;
    this.#name = this.namesStart;
    this.namesEnd +=
      this.#lengthWidth === 1
        ? bytes[this.#lengths + entry]!
        : this.#valueAt(this.#lengths, this.#lengthWidth);
    return true;
  }

  #valueAt(column: number, width: number): number {
    return integerAt(this.bytes, column + this.#entry * width, width);
  }

  /** In which pair of seconds of the day the first and the last event were; 0 without events. */
  get firstPair(): number {
    return this.#pairAt(this.#pairs + this.#entry * 2 * PAIR_BYTES);
  }
  get lastPair(): number {
    return this.#pairAt(this.#pairs + this.#entry * 2 * PAIR_BYTES + PAIR_BYTES);
  }
  #pairAt(at: number): number {
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  /** The second of the day from which on there are events; 0 where there are none. */
  get firstSecond(): number {
    return this.firstPair * PAIR_SECONDS;
  }

  /** The last second in which there may be one; 0 where there are none. */
  get lastSecond(): number {
    return (this.flags & ACTIVE) === 0 ? 0 : (this.lastPair + 1) * PAIR_SECONDS - 1;
  }

  /** Microseconds of the day; only where the flags say that there is a crash. */
  get firstCrash(): number {
    return integerAt(this.bytes, this.#crash, TIME_BYTES);
  }

  /**
   * The next event of the entry, in the order of time: `name_id` × 2, + 1 if at the same time as the one before; -1 where
   * there is none.
   */
  nextName(): number {
    if (this.#name >= this.namesEnd) return -1;
    const code = this.bytes[this.#name]!;
    if (code < 128) {
      this.#name += 1;
      return code;
    }
    const number = this.numberAt(this.#name);
    this.#name = this.at;
    return number;
  }

  /** Adds 1 to `counts[name_id]` for each event. */
  addNamesTo(counts: Float64Array): void {
    this.#addNames(counts, this.namesStart, this.namesEnd);
  }

  #addNames(counts: Float64Array, start: number, end: number): void {
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
