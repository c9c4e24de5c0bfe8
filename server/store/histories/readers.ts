/** Goes through the bytes of histories (`format.ts`) without making anything of them that is not asked for. */
import { AMOUNTS, type AmountSums } from './amounts.ts';
import { ACTIVE, CRASHED, TIME_BYTES } from './format.ts';

class ByteReader {
  bytes: Uint8Array = new Uint8Array();
  protected view: DataView = new DataView(new ArrayBuffer());
  /** The byte that is read next. */
  protected at = 0;
  protected last = 0;

  /** Reads the entries from `at` to `last` (excluded) of `bytes`. */
  open(bytes: Uint8Array, at: number, last: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
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

  /** Three bytes, signed. */
  protected short(): number {
    const { bytes } = this;
    const value = (bytes[this.at]! << 24) | (bytes[this.at + 1]! << 16) | (bytes[this.at + 2]! << 8);
    this.at += 3;
    return value >> 8;
  }

  protected timeAt(at: number): number {
    return this.view.getUint16(at) * 2 ** 32 + this.view.getUint32(at + 2);
  }

  protected double(): number {
    this.at += 8;
    return this.view.getFloat64(this.at - 8);
  }
}

/** Goes from entry to entry: what it tells is of the present one. */
class EntryReader extends ByteReader {
  /** Where the entry begins, and where the next one does. */
  start = 0;
  end = 0;

  override open(bytes: Uint8Array, at: number, last: number): void {
    super.open(bytes, at, last);
    this.end = at;
  }
}

/** Reads days, one entry after the other. */
export class DayReader extends EntryReader {
  day = 0;
  facetId = 0;
  flags = 0;
  /** Seconds of the day of the first and the last event; 0 where there are none. */
  firstSecond = 0;
  lastSecond = 0;
  /** See `readNames`. */
  names = new Uint32Array(1_024);
  #namesEnd = 0;

  /** Goes to the next entry; false where there is none. */
  next(): boolean {
    if (this.end >= this.last) return false;
    this.start = this.end;
    this.at = this.end;
    this.day = this.short();
    this.flags = this.bytes[this.at++]!;
    this.facetId = this.number();
    if ((this.flags & ACTIVE) === 0) {
      this.firstSecond = 0;
      this.lastSecond = 0;
      this.#namesEnd = this.at;
    } else {
      this.firstSecond = this.short();
      this.lastSecond = this.short();
      const names = this.number();
      this.#namesEnd = this.at + names;
    }
    this.end = this.#namesEnd + ((this.flags & CRASHED) === 0 ? 0 : TIME_BYTES);
    return true;
  }

  /**
   * Puts the events into `names`, in the order of time: each as `name_id` × 2, + 1 if at the same time as the one before.
   * Returns how many there are; what lies behind them is of an earlier day. Only once for a day. On local variables, as
   * `AmountReader` does it: events are what histories have most of.
   */
  readNames(): number {
    const { bytes } = this;
    const end = this.#namesEnd;
    if (end - this.at > this.names.length) this.names = new Uint32Array((end - this.at) * 2);
    const { names } = this;
    let { at } = this;
    let count = 0;
    for (; at < end; count += 1) {
      let code = bytes[at++]!;
      if (code > 127) {
        code &= 127;
        for (let shift = 7; ; shift += 7) {
          const byte = bytes[at++]!;
          code |= (byte & 127) << shift;
          if (byte < 128) break;
        }
      }
      names[count] = code;
    }
    this.at = at;
    return count;
  }

  /** Microseconds of the day; only where the flag says that there is a crash. */
  get firstCrash(): number {
    return this.timeAt(this.#namesEnd);
  }
}

/** Reads `firsts` in the same way. */
export class FirstReader extends ByteReader {
  facetId = 0;
  day = 0;

  next(): boolean {
    if (this.at >= this.last) return false;
    this.facetId = this.number();
    this.day = this.short();
    this.at += TIME_BYTES;
    return true;
  }

  /** Microseconds of the day. */
  get time(): number {
    return this.timeAt(this.at - TIME_BYTES);
  }
}

export interface ValueListener {
  /** Processing times: those of whole milliseconds, and the others. */
  addMilliseconds: (milliseconds: number) => void;
  addSeconds: (seconds: number) => void;
  /** `error_type_id` */
  addFailure: (type: number) => void;
}

/** Reads amounts: go to the next entry whenever the reader of the days does. */
export class AmountReader extends EntryReader {
  next(): boolean {
    if (this.end >= this.last) return false;
    this.start = this.end;
    this.at = this.end;
    const length = this.number();
    this.end = this.at + length;
    return true;
  }

  /** The first amount alone, which is the cost. */
  addCostTo(sums: AmountSums): void {
    this.#add(sums, 1);
  }

  addTo(sums: AmountSums): void {
    this.#add(sums, AMOUNTS.length);
  }

  /** In one loop on local variables: it is what takes most of the time of an answer. */
  #add({ parts, others }: AmountSums, count: number): void {
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < count; i += 1) {
      let code = bytes[at++]!;
      if (code > 127) {
        code &= 127;
        for (let shift = 7; ; shift += 7) {
          const byte = bytes[at++]!;
          code |= (byte & 127) << shift;
          if (byte < 128) break;
        }
      }
      if ((code & 1) === 0) {
        parts[i]! += code >> 1;
      } else {
        others[i]! += this.view.getFloat64(at);
        at += 8;
      }
    }
    this.at = at;
  }

  /** Tells each processing time, and the type of each failure: what comes after the amounts. */
  eachValue(to: ValueListener): void {
    for (let left = this.number(); left > 0; left -= 1) {
      const code = this.number();
      if ((code & 1) === 0) to.addMilliseconds(code >> 1);
      else to.addSeconds(this.double());
    }
    while (this.at < this.end) to.addFailure(this.number());
  }
}
