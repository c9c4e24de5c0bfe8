/**
 * Reads the answer of a select as PostgreSQL's binary COPY, for columns of many bytes: the driver itself takes them
 * as hexadecimal text only. The format is told under "Binary Format" of the manual's page on COPY.
 */
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** Eleven bytes of signature, four of flags. */
const HEADER_BYTES = 15;
const SHORT = 2;
const LENGTH = 4;
/** Instead of a number of columns: nothing follows. */
const END = -1;
/** Instead of a length. */
const NULL = -1;

/** The columns of each row. `select` cannot have parameters: what is put into it must be quoted. */
export async function* copyRows(client: pg.ClientBase, select: string): AsyncGenerator<(Buffer | null)[]> {
  const bytes = new Bytes(client.query(copyTo(`copy (${select}) to stdout (format binary)`)));
  try {
    await bytes.take(HEADER_BYTES);
    await bytes.take((await bytes.take(LENGTH)).readInt32BE());
    for (;;) {
      const columns = (await bytes.take(SHORT)).readInt16BE();
      if (columns === END) break;
      const row: (Buffer | null)[] = [];
      for (let column = 0; column < columns; column += 1) {
        const length = (await bytes.take(LENGTH)).readInt32BE();
        row.push(length === NULL ? null : await bytes.take(length));
      }
      yield row;
    }
  } finally {
    // Also where the reader stops early: only then is the connection free for what comes next.
    await bytes.drain();
  }
}

/** Chunks of a stream, taken in other pieces. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #pieces: Buffer[] = [];
  #available = 0;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Buffer> {
    while (this.#available < length) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('The answer of COPY ended early.');
      this.#pieces.push(value);
      this.#available += value.length;
    }
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = [all.subarray(length)];
    this.#available = all.length - length;
    return all.subarray(0, length);
  }

  async drain(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }
}
