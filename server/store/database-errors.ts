/** What an error of PostgreSQL or of the way to it means for a request. */
import { DatabaseError } from 'pg';

/** SQLSTATE classes that concern the value, not the database: data exception, integrity violation. */
const DATA_CLASSES = new Set(['22', '23']);

/** The data itself cannot be stored: another try would fail the same. */
export function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && DATA_CLASSES.has((error.code ?? '').slice(0, 2));
}

/** PostgreSQL refused two transactions that waited for each other: doing it again helps. */
export function isTransient(error: unknown): boolean {
  return error instanceof DatabaseError && ['40P01', '40001'].includes(error.code ?? '');
}

/** A statement took longer than it may (`query_canceled`, which an administrator's cancel is too). */
export function isTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '57014';
}

/** Gone, starting, full, too slow: anything that a later try may find mended. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseError) {
    // 08 connection, 25 read-only or aborted, 28 password, 3D no such database, 40 deadlock, 53 resources,
    // 55 in use, 57 shutdown or timeout, 58 system, XX internal.
    return /^(?:08|25|28|3D|40|53|55|57|58|XX)/.test(error.code ?? '');
  }
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && /^(?:E[A-Z]+)$/.test(code)) return true;
  return /connection|timeout|Client was closed|pool/i.test(error.message) && error.constructor === Error;
}
