/**
 * Reads the answer of a select as PostgreSQL's binary COPY, for many rows of bytes: the driver itself takes them as
 * hexadecimal text only, and makes an object of each row. The format is told under "Binary Format" of the manual's
 * page on COPY.
 */
import { type ClientBase, Query } from 'pg';

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
  client: ClientBase,
  select: string,
  tell: (row: CopiedRow) => void,
): Promise<void> {
  const parser = new CopyParser(tell);
  await new Promise<void>((resolve, reject) => {
    const whenDone = (error: Error | null | undefined): void => (error ? reject(error) : resolve());
    client.query(new CopyQuery(`copy (${select}) to stdout (format binary)`, parser, whenDone));
  });
  parser.finish();
}

/** A query as the driver knows it, which leaves out what is copied. */
class CopyQuery extends Query {
  readonly #parser: CopyParser;

  constructor(text: string, parser: CopyParser, whenDone: (error: Error | undefined) => void) {
    super(text, whenDone);
    this.#parser = parser;
  }

  /** The driver calls it for each message, which holds until the next one. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#parser.take(chunk);
  }
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

  /** A message has whole rows: as the protocol says always one, the first after the header. */
  take(message: Buffer): void {
    // To the end in any case: only then is the connection free for what comes next.
    if (this.#failure !== undefined) return;
    try {
      let at = this.#isFirst ? HEADER_BYTES : 0;
      this.#isFirst = false;
      while (at < message.length) {
        at = this.#readRow(message, at);
        if (!this.#ended) this.#tell(this.#row);
      }
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Throws what went wrong on the way. */
  finish(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (!this.#ended) throw new Error('The answer of COPY ended early.');
  }

  /** Where the row ends that begins at `at`. */
  #readRow(message: Buffer, at: number): number {
    const row = this.#row;
    row.bytes = message;
    let end = at + SHORT;
    const columns = message.readInt16BE(at);
    this.#ended = columns === END;
    for (let column = 0; column < columns; column += 1) {
      const length = message.readInt32BE(end);
      end += LENGTH;
      row.starts[column] = length === NULL ? -1 : end;
      if (length !== NULL) end += length;
      row.ends[column] = end;
    }
    return end;
  }
}
