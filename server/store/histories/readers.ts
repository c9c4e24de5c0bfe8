/** Goes through the bytes of histories (`format.ts`) without making anything of them that is not asked for. */
import { ACTIVE, CRASHED, DAY_BYTES, PAIR_BYTES, PAIR_SECONDS, TIME_BYTES } from './format.ts';

/** For doubles, whose bytes lie anywhere. */
const scratch = new DataView(new ArrayBuffer(8));

/** Three bytes, signed. */
function int24At(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
}

class ByteReader {
  bytes: Uint8Array = new Uint8Array();
  /** The byte that is read next. */
  protected at = 0;
  protected last = 0;

  /** Reads the entries from `at` to `last` (excluded) of `bytes`. */
  open(bytes: Uint8Array, at: number, last: number): void {
    this.bytes = bytes;
    this.at = at;
    this.last = last;
  }

  protected number(): number {
    const { bytes } = this;
    let value = bytes[this.at++]!;
    if (value < 128) return value;
    value &= 127;
    for (let shift = 7; ; shift += 7) {
      const byte = bytes[this.at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  protected numberAt(at: number): number {
    this.at = at;
    return this.number();
  }

  protected timeAt(at: number): number {
    const { bytes } = this;
    let time = 0;
    for (let i = at; i < at + TIME_BYTES; i += 1) time = time * 256 + bytes[i]!;
    return time;
  }

  protected double(): number {
    for (let i = 0; i < 8; i += 1) scratch.setUint8(i, this.bytes[this.at++]!);
    return scratch.getFloat64(0);
  }
}

/** Goes from entry to entry, of settled days and then of recent ones. */
class EntryReader extends ByteReader {
  /** Where the present entry begins, and where the next one does. */
  start = 0;
  end = 0;
  #recentAt = 0;
  #recentLast = 0;

  /** The same, and what lies from `recentAt` to `recentLast` after it. */
  override open(bytes: Uint8Array, at: number, last: number, recentAt = 0, recentLast = 0): void {
    super.open(bytes, at, last);
    this.end = at;
    this.#recentAt = recentAt;
    this.#recentLast = recentLast;
  }

  /** Goes over to the recent ones where the settled ones end. False where there is no further entry. */
  protected goOn(): boolean {
    if (this.end < this.last) return true;
    if (this.#recentAt >= this.#recentLast) return false;
    this.end = this.#recentAt;
    this.last = this.#recentLast;
    this.#recentAt = this.last;
    return true;
  }
}

/** Reads days, one entry after the other. */
export class DayReader extends EntryReader {
  day = 0;
  facetId = 0;
  flags = 0;
  /** See `readNames`. */
  names = new Uint32Array(1_024);
  #pairs = 0;
  #names = 0;
  #namesEnd = 0;

  /** Goes to the next entry; false where there is none. On local variables, as every pass comes here for every day. */
  next(): boolean {
    if (!this.goOn()) return false;
    const { bytes, end: start } = this;
    this.start = start;
    this.day = int24At(bytes, start);
    let at = start + DAY_BYTES;
    const flags = bytes[at++]!;
    this.flags = flags;
    let number = bytes[at++]!;
    if (number > 127) {
      number = this.numberAt(at - 1);
      at = this.at;
    }
    this.facetId = number;
    number = 0;
    if ((flags & ACTIVE) !== 0) {
      this.#pairs = at;
      at += 2 * PAIR_BYTES;
      number = bytes[at++]!;
      if (number > 127) {
        number = this.numberAt(at - 1);
        at = this.at;
      }
    }
    this.#names = at;
    at += number;
    this.#namesEnd = at;
    this.end = (flags & CRASHED) === 0 ? at : at + TIME_BYTES;
    return true;
  }

  /** The second of the day from which on there are events; 0 where there are none. */
  get firstSecond(): number {
    return (this.flags & ACTIVE) === 0 ? 0 : this.#pairAt(this.#pairs) * PAIR_SECONDS;
  }

  /** The last second in which there may be one; 0 where there are none. */
  get lastSecond(): number {
    if ((this.flags & ACTIVE) === 0) return 0;
    return (this.#pairAt(this.#pairs + PAIR_BYTES) + 1) * PAIR_SECONDS - 1;
  }

  #pairAt(at: number): number {
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  /**
   * Puts the events into `names`, in the order of time: each as `name_id` × 2, + 1 if at the same time as the one before.
   * Returns how many there are; what lies behind them is of an earlier day. On local variables: events are what
   * histories have most of.
   */
  readNames(): number {
    const { bytes } = this;
    const end = this.#namesEnd;
    let at = this.#names;
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

  /** Adds 1 to `counts[name_id]` for each event. */
  addNamesTo(counts: Float64Array): void {
    const { bytes } = this;
    const end = this.#namesEnd;
    for (let at = this.#names; at < end;) {
      let code = bytes[at++]!;
      if (code > 127) {
        code = this.numberAt(at - 1);
        at = this.at;
      }
      counts[code >> 1]! += 1;
    }
  }

  /** Microseconds of the day; only where the flag says that there is a crash. */
  get firstCrash(): number {
    return this.timeAt(this.#namesEnd);
  }
}

export interface ValueListener {
  /** Processing times: those of whole milliseconds, and the others. */
  addMilliseconds: (milliseconds: number) => void;
  addSeconds: (seconds: number) => void;
  /** `error_type_id` */
  addFailure: (type: number) => void;
}

/** Reads values: go to the next ones whenever the day that is read has any. */
export class ValueReader extends EntryReader {
  next(): void {
    this.goOn();
    this.start = this.end;
    this.at = this.end;
    const length = this.number();
    this.end = this.at + length;
  }

  /** Tells each processing time, and the type of each failure. Once only. */
  each(to: ValueListener): void {
    for (let left = this.number(); left > 0; left -= 1) {
      const code = this.number();
      if ((code & 1) === 0) to.addMilliseconds(code >> 1);
      else to.addSeconds(this.double());
    }
    while (this.at < this.end) to.addFailure(this.number());
  }
}

/** Reads `firsts` in the same way. */
export class FirstReader extends ByteReader {
  facetId = 0;
  day = 0;

  next(): boolean {
    if (this.at >= this.last) return false;
    this.facetId = this.number();
    this.day = int24At(this.bytes, this.at);
    this.at += DAY_BYTES + TIME_BYTES;
    return true;
  }

  /** Microseconds of the day. */
  get time(): number {
    return this.timeAt(this.at - TIME_BYTES);
  }
}
