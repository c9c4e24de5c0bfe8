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

class CopyParser {
  ended = false;
  readonly #tell: (row: CopiedRow) => void;
  readonly #row: CopiedRow = { bytes: Buffer.alloc(0), starts: [], ends: [] };
  /** What has come of a row that is not complete, and how many bytes of it there must be before another look. */
  #pieces: Buffer[] = [];
  #available = 0;
  #needed = HEADER_BYTES;
  #afterHeader = false;

  constructor(tell: (row: CopiedRow) => void) {
    this.#tell = tell;
  }

  take(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#available += chunk.length;
    if (this.#available < this.#needed) return;
    const bytes = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces);
    let at = 0;
    if (!this.#afterHeader) {
      at = HEADER_BYTES;
      this.#afterHeader = true;
    }
    this.#row.bytes = bytes;
    for (let end = this.#readRow(bytes, at); end !== null; end = this.#readRow(bytes, at)) {
      at = end;
      if (this.ended) break;
      this.#tell(this.#row);
    }
    this.#pieces = [bytes.subarray(at)];
    this.#available = bytes.length - at;
  }

  /** Where the row ends that begins at `at`; null where more bytes are needed to tell. */
  #readRow(bytes: Buffer, at: number): number | null {
    let end = at + SHORT;
    if (!this.#isThere(bytes, at, end)) return null;
    const columns = bytes.readInt16BE(at);
    if (columns === END) {
      this.ended = true;
      return end;
    }
    for (let column = 0; column < columns; column += 1) {
      const start = end + LENGTH;
      if (!this.#isThere(bytes, at, start)) return null;
      const length = bytes.readInt32BE(end);
      end = length === NULL ? start : start + length;
      if (!this.#isThere(bytes, at, end)) return null;
      this.#row.starts[column] = length === NULL ? -1 : start;
      this.#row.ends[column] = end;
    }
    return end;
  }

  #isThere(bytes: Buffer, at: number, end: number): boolean {
    if (end <= bytes.length) return true;
    this.#needed = end - at;
    return false;
  }
}
