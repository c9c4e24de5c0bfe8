/** Goes through values and first moments of histories (`format.ts`) without making anything of them. */
import { ByteReader, int24At, integerAt } from './byte-reader.ts';
import { DAY_BYTES, TIME_BYTES } from './format.ts';

export interface ValueListener {
  /** Processing times: those of whole milliseconds, and the others. */
  addMilliseconds: (milliseconds: number) => void;
  addSeconds: (seconds: number) => void;
  /** `error_type_id` */
  addFailure: (type: number) => void;
}

/** Reads values, of settled days and then of recent ones: go to the next ones whenever a day has any. */
export class ValueReader extends ByteReader {
  /** Where the present values begin, and where the next ones do. */
  start = 0;
  end = 0;
  #recentAt = 0;
  #recentLast = 0;

  /** Reads what lies from `at` to `last` (excluded) of `bytes`, and from `recentAt` to `recentLast`. */
  override open(bytes: Uint8Array, at: number, last: number, recentAt = 0, recentLast = 0): void {
    super.open(bytes, at, last);
    this.end = at;
    this.#recentAt = recentAt;
    this.#recentLast = recentLast;
  }

  next(): void {
    if (this.end >= this.last) this.open(this.bytes, this.#recentAt, this.#recentLast);
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

/** Reads `firsts`, one after the other. */
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
    return integerAt(this.bytes, this.at - TIME_BYTES, TIME_BYTES);
  }
}
