/** Writes numbers behind each other, as histories have them. */

/** Twice as many fit into the 31 bits that numbers may have. */
const MOST_MILLISECONDS = 2 ** 30 - 1;

export class ByteWriter {
  #room = Buffer.allocUnsafe(128);
  #size = 0;

  /** What was written. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#size);
  }

  number(value: number): void {
    this.#makeRoom(5);
    for (; value > 127; value >>>= 7) this.#room[this.#size++] = (value & 127) | 128;
    this.#room[this.#size++] = value;
  }

  integer(value: number, bytes: number): void {
    this.#makeRoom(bytes);
    this.#size =
      value < 0
        ? this.#room.writeIntBE(value, this.#size, bytes)
        : this.#room.writeUIntBE(value, this.#size, bytes);
  }

  double(value: number): void {
    this.#makeRoom(8);
    this.#size = this.#room.writeDoubleBE(value, this.#size);
  }

  /** As milliseconds × 2, if they are a whole number, not negative and not too large; else 1 and the seconds as a double. */
  seconds(value: number): void {
    const milliseconds = Math.round(value * 1000);
    if (milliseconds >= 0 && milliseconds <= MOST_MILLISECONDS && milliseconds / 1000 === value) {
      this.number(milliseconds * 2);
    } else {
      this.number(1);
      this.double(value);
    }
  }

  append(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#room.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  #makeRoom(bytes: number): void {
    if (this.#size + bytes <= this.#room.length) return;
    this.#room = Buffer.concat([this.bytes], (this.#size + bytes) * 2);
  }
}
