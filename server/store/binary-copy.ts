/**
 * Reads the answer of a select as PostgreSQL's binary COPY, for many rows of bytes: the driver itself takes them as
 * hexadecimal text only, and makes an object of each row. The format is told under "Binary Format" of the manual's
 * page on COPY.
 */
import type { ClientBase } from 'pg';

import { type CopyListener, CopyQuery } from './copy-query.ts';

/** Eleven bytes of signature, four of flags, then the length of an extension that is not used. */
const HEADER_BYTES = 19;
const SHORT = 2;
const LENGTH = 4;
/** Instead of a number of columns: nothing follows. */
const END = -1;
/** Instead of a length, so that a null ends before it starts. */
const NULL = -1;

/** Where the columns of a row lie. It is the same object for every row: what it says holds until the next one is told. */
export interface CopiedRow {
  bytes: Buffer;
  /** Of each column. Where it is null, it ends before it starts. */
  starts: number[];
  ends: number[];
}

/** Tells each row. `select` cannot have parameters: what is put into it must be quoted. */
export async function eachCopiedRow(
  client: ClientBase,
  select: string,
  tell: (row: CopiedRow) => void,
): Promise<void> {
  const parser = new CopyParser(tell);
  await new Promise<void>((resolve, reject) => {
    const whenDone = (error?: Error): void => (error ? reject(error) : resolve());
    client.query(new CopyQuery(`copy (${select}) to stdout (format binary)`, parser.take, whenDone));
  });
  parser.finish();
}

class CopyParser {
  readonly #tell: (row: CopiedRow) => void;
  readonly #row: CopiedRow = { bytes: Buffer.alloc(0), starts: [], ends: [] };
  #isFirst = true;
  #ended = false;
  #failure: { error: unknown } | undefined;

  constructor(tell: (row: CopiedRow) => void) {
    this.#tell = tell;
  }

  /** Takes a message, which has whole rows: as the protocol says always one, the first after the header. */
  readonly take: CopyListener = (bytes, from, to) => {
    // To the end in any case: only then is the connection free for what comes next.
    if (this.#failure !== undefined) return;
    try {
      let at = this.#isFirst ? from + HEADER_BYTES : from;
      this.#isFirst = false;
      while (at < to) {
        at = this.#readRow(bytes, at);
        if (!this.#ended) this.#tell(this.#row);
      }
    } catch (error) {
      this.#failure = { error };
    }
  };

  /** Throws what went wrong on the way. */
  finish(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (!this.#ended) throw new Error('The answer of COPY ended early.');
  }

  /** Where the row ends that begins at `at`. */
  #readRow(bytes: Buffer, at: number): number {
    const row = this.#row;
    row.bytes = bytes;
    let end = at + SHORT;
    const columns = bytes.readInt16BE(at);
    this.#ended = columns === END;
    for (let column = 0; column < columns; column += 1) {
      const length = bytes.readInt32BE(end);
      end += LENGTH;
      row.starts[column] = end;
      row.ends[column] = end + length;
      if (length !== NULL) end += length;
    }
    return end;
  }
}
