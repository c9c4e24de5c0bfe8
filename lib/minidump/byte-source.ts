/** Where a dump's bytes come from. Only what is asked for is read: a dump may be 100 MB, and hold what must not be kept. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface ByteSource {
  readonly size: number;
  /** Fewer bytes than `length` where the source ends before. */
  read(offset: number, length: number): Uint8Array;
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Opens the file for the time of `work`. Throws where it cannot be opened. */
export function withFileSource<T>(path: string, work: (source: ByteSource) => T): T {
  const descriptor = openSync(path, 'r');
  try {
    return work({
      size: fstatSync(descriptor).size,
      read(offset, length) {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
      },
    });
  } finally {
    closeSync(descriptor);
  }
}

/** What is read lies outside of the file, or is larger than anything sound. */
export class DumpError extends Error {}

/** Little-endian values of one stretch of the file. Every access outside of it throws `DumpError`. */
export class Block {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#view.byteLength;
  }
  u16(at: number): number {
    return this.#check(at, 2).getUint16(at, true);
  }
  u32(at: number): number {
    return this.#check(at, 4).getUint32(at, true);
  }
  u64(at: number): bigint {
    return this.#check(at, 8).getBigUint64(at, true);
  }
  bytes(at: number, length: number): Uint8Array {
    const view = this.#check(at, length);
    return new Uint8Array(view.buffer, view.byteOffset + at, length);
  }

  #check(at: number, length: number): DataView {
    if (at < 0 || at + length > this.#view.byteLength) throw new DumpError('ends early');
    return this.#view;
  }
}

/** Reads `length` bytes, at most `max`. Throws `DumpError` where none are there. */
export function readBlock(source: ByteSource, offset: number, length: number, max: number): Block {
  if (offset >= source.size) throw new DumpError('points outside of the file');
  return new Block(source.read(offset, Math.min(length, max, source.size - offset)));
}
