/**
 * Reads the answer of a select as PostgreSQL's binary COPY, for many rows of bytes: the driver itself takes them as
 * hexadecimal text only, and makes an object of each row. The format is told under "Binary Format" of the manual's
 * page on COPY.
 */
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** Eleven bytes of signature, four of flags, then the length of an extension that is not used. */
const HEADER_BYTES = 19;
const SHORT = 2;
const LENGTH = 4;
/** Instead of a number of columns: nothing follows. */
const END = -1;
/** Instead of a length. */
const NULL = -1;

/** Where the columns of a row lie. It is the same object for every row: what it says holds until the next one is told. */
export interface CopiedRow {
  bytes: Buffer;
  /** Of each column; -1 where it is null. */
  starts: number[];
  ends: number[];
}

/** Tells each row. `select` cannot have parameters: what is put into it must be quoted. */
export async function eachCopiedRow(
  client: pg.ClientBase,
  select: string,
  tell: (row: CopiedRow) => void,
): Promise<void> {
  const stream = client.query(copyTo(`copy (${select}) to stdout (format binary)`));
  const parser = new CopyParser(tell);
  let failure: { error: unknown } | undefined;
  // To the end in any case: only then is the connection free for what comes next.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (failure !== undefined) continue;
    try {
      parser.take(chunk);
    } catch (error) {
      failure = { error };
    }
  }
  if (failure !== undefined) throw failure.error;
  if (!parser.ended) throw new Error('The answer of COPY ended early.');
}

/** Bytes that there is room for at first: some of the pieces in which an answer comes. */
const FIRST_ROOM = 256 * 1024;

class CopyParser {
  ended = false;
  readonly #tell: (row: CopiedRow) => void;
  /** Pieces are copied into one place: a new one for each would keep the garbage collector busy. */
  readonly #row: CopiedRow = { bytes: Buffer.allocUnsafeSlow(FIRST_ROOM), starts: [], ends: [] };
  /** Bytes in that place that no row was made of, and how many there must be before another look. */
  #size = 0;
  #needed = HEADER_BYTES;
  #afterHeader = false;

  constructor(tell: (row: CopiedRow) => void) {
    this.#tell = tell;
  }

  take(piece: Buffer): void {
    this.#append(piece);
    if (this.#size < this.#needed) return;
    let at = 0;
    if (!this.#afterHeader) {
      at = HEADER_BYTES;
      this.#afterHeader = true;
    }
    for (let end = this.#readRow(at); end !== null; end = this.#readRow(at)) {
      at = end;
      if (this.ended) break;
      this.#tell(this.#row);
    }
    this.#row.bytes.copyWithin(0, at, this.#size);
    this.#size -= at;
  }

  #append(piece: Buffer): void {
    const size = this.#size + piece.length;
    if (size > this.#row.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, this.#row.bytes.length * 2));
      this.#row.bytes.copy(larger, 0, 0, this.#size);
      this.#row.bytes = larger;
    }
    piece.copy(this.#row.bytes, this.#size);
    this.#size = size;
  }

  /** Where the row ends that begins at `at`; null where more bytes are needed to tell. */
  #readRow(at: number): number | null {
    const { bytes, starts, ends } = this.#row;
    let end = at + SHORT;
    if (!this.#isThere(at, end)) return null;
    const columns = bytes.readInt16BE(at);
    if (columns === END) {
      this.ended = true;
      return end;
    }
    for (let column = 0; column < columns; column += 1) {
      const start = end + LENGTH;
      if (!this.#isThere(at, start)) return null;
      const length = bytes.readInt32BE(end);
      end = length === NULL ? start : start + length;
      if (!this.#isThere(at, end)) return null;
      starts[column] = length === NULL ? -1 : start;
      ends[column] = end;
    }
    return end;
  }

  #isThere(at: number, end: number): boolean {
    if (end <= this.#size) return true;
    this.#needed = end - at;
    return false;
  }
}
