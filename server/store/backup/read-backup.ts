/** Reads a backup from its start to its end, and checks every byte of it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createZstdDecompress } from 'node:zlib';

import type * as z from 'zod';

import {
  BackupError,
  END_OF_ROWS,
  HEADER,
  TRAILER,
  type BackupHeader,
  type TableColumns,
  type TableSum,
  headerSchema,
  parseCopyLine,
  trailerSchema,
} from './format.ts';

export interface BackupReader {
  /** Called first. */
  begin(header: BackupHeader): Promise<void>;
  /** Called for each table; takes all of `rows`. */
  table(table: TableColumns, rows: AsyncIterable<Buffer>): Promise<void>;
}

/** No line but those of rows comes near this. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 10;
const END = Buffer.from(END_OF_ROWS);
const END_AFTER_ROW = Buffer.from(`\n${END_OF_ROWS}`);

/** Rows by table. Throws `BackupError` where the file is no backup, or not whole: whatever was read is void then. */
export function readBackup(file: string, reader: BackupReader): Promise<Record<string, number>> {
  return readFile(file, (text) => readText(text, reader));
}

/** What the file says of itself, unchecked. */
export function readHeader(file: string): Promise<BackupHeader> {
  return readFile(file, headerOf);
}

async function readFile<T>(file: string, read: (text: LinesAndRows) => Promise<T>): Promise<T> {
  const source = createReadStream(file);
  const unpacked = createZstdDecompress();
  source.on('error', (error) => unpacked.destroy(error));
  const text = new LinesAndRows(source.pipe(unpacked));
  try {
    return await read(text);
  } catch (error) {
    throw asBackupError(error, file);
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

async function headerOf(text: LinesAndRows): Promise<BackupHeader> {
  return parseJson(await text.line(), HEADER, headerSchema);
}

async function readText(text: LinesAndRows, reader: BackupReader): Promise<Record<string, number>> {
  await reader.begin(await headerOf(text));
  const sums = new Map<string, TableSum>();
  for (;;) {
    const line = await text.line();
    const table = parseCopyLine(line);
    if (!table) {
      const { tables } = parseJson(line, TRAILER, trailerSchema);
      await text.end();
      compare(sums, tables);
      return Object.fromEntries([...sums].map(([name, { rows }]) => [name, rows]));
    }
    const sum = new Sum();
    await reader.table(table, sum.through(text.rows()));
    sums.set(table.table, sum.result());
  }
}

function parseJson<S extends z.ZodType>(line: string, prefix: string, schema: S): z.output<S> {
  if (!line.startsWith(prefix)) throw new BackupError('it is no backup of Roost, or it is damaged');
  const { success, data, error } = schema.safeParse(JSON.parse(line.slice(prefix.length)));
  if (!success)
    throw new BackupError(`a newer Roost wrote it, or it is damaged (${error.issues[0]!.message})`);
  return data;
}

function compare(found: ReadonlyMap<string, TableSum>, told: Readonly<Record<string, TableSum>>): void {
  for (const table of new Set([...found.keys(), ...Object.keys(told)])) {
    const is = found.get(table);
    const was = told[table];
    if (is?.rows !== was?.rows || is?.sha256 !== was?.sha256) {
      throw new BackupError(`it is damaged: table ${table} is not what was written`);
    }
  }
}

function asBackupError(error: unknown, file: string): unknown {
  if (error instanceof BackupError || error instanceof SyntaxError) {
    return new BackupError(`${file}: ${error.message}`, { cause: error });
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new BackupError(`${file}: there is no such file`);
  if (/^(ZSTD_|Z_|ERR_BUFFER)/.test(code) || /zstd|unexpected end/i.test(message)) {
    return new BackupError(`${file}: it is no backup of Roost, or it is damaged (${message})`, {
      cause: error,
    });
  }
  return error;
}

class Sum {
  readonly #hash = createHash('sha256');
  #rows = 0;

  async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) this.#rows += 1;
      yield chunk;
    }
  }

  result(): TableSum {
    return { rows: this.#rows, sha256: this.#hash.digest('hex') };
  }
}

/** What was not taken yet always begins at the start of a line. */
class LinesAndRows {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next();
    if (done === true) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }

  #take(bytes: number): Buffer {
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    return taken;
  }

  /** Without its newline. */
  async line(): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf(NEWLINE);
      if (at !== -1) return this.#take(at + 1).toString('utf8', 0, at);
      if (this.#rest.length > MAX_LINE_BYTES || !(await this.#more())) {
        throw new BackupError('it is no backup of Roost, or it was cut off');
      }
    }
  }

  /** Whole rows, up to the line that ends them, which is taken too. */
  async *rows(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#rest.subarray(0, END.length).equals(END)) {
        this.#take(END.length);
        return;
      }
      const end = this.#rest.indexOf(END_AFTER_ROW);
      const whole = (end === -1 ? this.#rest.lastIndexOf(NEWLINE) : end) + 1;
      if (whole > 0) yield this.#take(whole);
      else if (!(await this.#more())) throw new BackupError('it was cut off');
    }
  }

  /** Reads on, so that the last checksums are looked at too; nothing may follow. */
  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#more()))
      throw new BackupError('it is damaged: more follows its end');
  }
}
