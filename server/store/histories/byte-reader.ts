/** Reads numbers behind each other, as `ByteWriter` writes them. */

/** For doubles, whose bytes lie anywhere. */
const scratch = new DataView(new ArrayBuffer(8));

/** Three bytes, signed. */
export function int24At(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
}

/** Of any width from none, which is zero, to six bytes. */
export function integerAt(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = at; i < at + width; i += 1) value = value * 256 + bytes[i]!;
  return value;
}

export class ByteReader {
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

  protected double(): number {
    for (let i = 0; i < 8; i += 1) scratch.setUint8(i, this.bytes[this.at++]!);
    return scratch.getFloat64(0);
  }
}
