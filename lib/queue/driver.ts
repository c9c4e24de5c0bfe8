/**
 * The two SQLites that a queue can rest on, behind the few calls that both know. Loaded only when a queue is
 * opened: better-sqlite3 is a native module, whose binary may be missing or built for another runtime.
 */
import { createRequire } from 'node:module';

export type SqliteValue = string | number | null;
export type SqliteRow = Record<string, SqliteValue>;

export interface SqliteStatement {
  run(...parameters: SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...parameters: SqliteValue[]): unknown;
  all(...parameters: SqliteValue[]): unknown[];
  iterate(...parameters: SqliteValue[]): IterableIterator<unknown>;
}

export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

export interface SqliteDriver {
  readonly name: 'better-sqlite3' | 'node:sqlite';
  /** Throws where the file cannot be opened; a damaged one may open and fail at the first statement. */
  open(path: string, options?: { readOnly?: boolean }): SqliteDatabase;
}

const load = createRequire(import.meta.url);

/** In order of preference. Each throws when it cannot be loaded here. */
const LOADERS: readonly (() => SqliteDriver)[] = [
  () => {
    const Database = load('better-sqlite3') as new (
      path: string,
      options: { readonly: boolean },
    ) => SqliteDatabase;
    // The binary is looked for when the first database is opened, not when the module is loaded.
    new Database(':memory:', { readonly: false }).close();
    return {
      name: 'better-sqlite3',
      open: (path, options) => new Database(path, { readonly: options?.readOnly ?? false }),
    };
  },
  () => {
    const { DatabaseSync } = load('node:sqlite') as typeof import('node:sqlite');
    return {
      name: 'node:sqlite',
      open: (path, options) => new DatabaseSync(path, { readOnly: options?.readOnly ?? false }),
    };
  },
];

/** The first SQLite that can be loaded in this process, and why those before it could not. */
export function loadDriver(): { driver: SqliteDriver | null; failures: string[] } {
  const failures: string[] = [];
  for (const loader of LOADERS) {
    try {
      return { driver: loader(), failures };
    } catch (error) {
      failures.push(firstLine(error));
    }
  }
  return { driver: null, failures };
}

export function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}

/**
 * What a failed statement means for the queue: `busy`: another process holds the file; `full`: no space;
 * `damaged`: the file is not a sound queue; `unwritable`: all else (read-only, removed, an I/O error).
 */
export type Failure = 'busy' | 'full' | 'damaged' | 'unwritable';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html): the low byte of node:sqlite's `errcode`. */
const FAILURE_OF_CODE: Readonly<Record<string, Failure>> = {
  SQLITE_BUSY: 'busy',
  5: 'busy',
  SQLITE_LOCKED: 'busy',
  6: 'busy',
  SQLITE_FULL: 'full',
  13: 'full',
  SQLITE_CORRUPT: 'damaged',
  11: 'damaged',
  SQLITE_NOTADB: 'damaged',
  26: 'damaged',
  // A value of the wrong type, where the file's cells were overwritten.
  SQLITE_MISMATCH: 'damaged',
  20: 'damaged',
};

/** Thrown for a file that SQLite can read but that is no sound queue of ours. */
export class UnsoundFileError extends Error {}

export function failureOf(error: unknown): Failure {
  // Missing tables or columns have no code of their own.
  if (error instanceof UnsoundFileError || /^no such (?:table|column)/.test(firstLine(error)))
    return 'damaged';
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const primary =
    typeof errcode === 'number' ? String(errcode & 0xff) : String(code).split('_').slice(0, 2).join('_');
  return FAILURE_OF_CODE[primary] ?? 'unwritable';
}
