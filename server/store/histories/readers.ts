/** Goes through the bytes of histories (`format.ts`) without making anything of them that is not asked for. */
import { ACTIVE, CRASHED, DAY_BYTES, SECOND_BYTES, TIME_BYTES } from './format.ts';

export interface ValueListener {
  /** Processing times: those of whole milliseconds, and the others. */
  addMilliseconds: (milliseconds: number) => void;
  addSeconds: (seconds: number) => void;
  /** `error_type_id` */
  addFailure: (type: number) => void;
}

/** Reads entries of `days`, one after the other: what it tells is of the present one. */
export class DayReader {
  day = 0;
  facetId = 0;
  flags = 0;
  /** Seconds of the day of the first and the last event; 0 where there are none. */
  firstSecond = 0;
  lastSecond = 0;
  /** Where the names end. */
  namesEnd = 0;
  /** Where the entry begins, and where the next one does. */
  start = 0;
  end = 0;
  bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer());
  #last = 0;
  /** The byte that is read next. */
  #at = 0;

  /** Reads the entries from `at` to `last` (excluded) of `bytes`. */
  open(bytes: Uint8Array, at: number, last: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.end = at;
    this.#last = last;
  }

  /** Goes to the next entry; false where there is none. */
  next(): boolean {
    const at = this.end;
    if (at >= this.#last) return false;
    const bytes = this.bytes;
    this.start = at;
    this.day = threeBytesAt(bytes, at);
    this.flags = bytes[at + DAY_BYTES]!;
    this.#at = at + DAY_BYTES + 1;
    this.facetId = this.#number();
    const length = this.#number();
    this.end = this.#at + length;
    if ((this.flags & ACTIVE) === 0) {
      this.namesEnd = this.#at;
      this.firstSecond = 0;
      this.lastSecond = 0;
      return true;
    }
    this.firstSecond = threeBytesAt(bytes, this.#at);
    this.lastSecond = threeBytesAt(bytes, this.#at + SECOND_BYTES);
    this.#at += 2 * SECOND_BYTES;
    const names = this.#number();
    this.namesEnd = this.#at + names;
    return true;
  }

  /** The next event in the order of time, as `name_id` × 2, + 1 if at the same time as the one before; -1: no more. */
  nextName(): number {
    return this.#at < this.namesEnd ? this.#number() : -1;
  }

  /** Microseconds of the day; only where the flag says that there is a crash. */
  get firstCrash(): number {
    return timeAt(this.#view, this.namesEnd);
  }

  /** Tells each processing time, and the type of each failure. */
  eachValue(to: ValueListener): void {
    this.#at = this.namesEnd + ((this.flags & CRASHED) === 0 ? 0 : TIME_BYTES);
    for (let left = this.#number(); left > 0; left -= 1) {
      const code = this.#number();
      if ((code & 1) === 0) {
        to.addMilliseconds(code >> 1);
      } else {
        to.addSeconds(this.#view.getFloat64(this.#at));
        this.#at += 8;
      }
    }
    while (this.#at < this.end) to.addFailure(this.#number());
  }

  #number(): number {
    const bytes = this.bytes;
    let value = bytes[this.#at++]!;
    if (value < 128) return value;
    value &= 127;
    for (let shift = 7; ; shift += 7) {
      const byte = bytes[this.#at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}

/** Reads `firsts` in the same way. */
export class FirstReader {
  facetId = 0;
  day = 0;
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer());
  #at = 0;
  #last = 0;

  open(bytes: Uint8Array, at: number, last: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#at = at;
    this.#last = last;
  }

  next(): boolean {
    if (this.#at >= this.#last) return false;
    const bytes = this.#bytes;
    this.facetId = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[this.#at++]!;
      this.facetId |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    this.day = threeBytesAt(bytes, this.#at);
    this.#at += DAY_BYTES + TIME_BYTES;
    return true;
  }

  /** Microseconds of the day. */
  get time(): number {
    return timeAt(this.#view, this.#at - TIME_BYTES);
  }
}

/** Signed. */
function threeBytesAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
}

function timeAt(view: DataView, at: number): number {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}
