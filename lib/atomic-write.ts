/** Files that others may read or replace at any moment: a reader sees the old content or the new, never a part. */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Enough for every link that a person sets; a circle of links ends here. */
const MAX_LINKS = 16;
/** On Windows a rename fails while another program (a virus scanner, an indexer) has the file open. */
const RENAME_TRIES = 6;
const RENAME_PAUSE_MS = 10;

/**
 * Replaces the file's content: temporary file, fsync, rename. A link is followed, so that it stays a link.
 * `stillWanted` is asked right before the rename; false leaves the file as it is and returns false.
 * Throws what the file system throws.
 */
export function replaceFile(path: string, content: string, stillWanted?: () => boolean): boolean {
  const target = followLinks(path);
  const temporary = writeTemporary(target, content);
  try {
    const mode = statSync(target, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined) chmodSync(temporary, mode & 0o7777);
    if (stillWanted && !stillWanted()) return false;
    renamePatiently(temporary, target);
    return true;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Makes the file with its content in one step; false where it exists already. Throws what the file system throws. */
export function createFile(path: string, content: string): boolean {
  const temporary = writeTemporary(path, content);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    return createWithoutLinks(path, content);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Some file systems know no hard links. Then a reader may meet the file before its content: it reads again. */
function createWithoutLinks(path: string, content: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  writeAndClose(file, content);
  return true;
}

function writeTemporary(target: string, content: string): string {
  const temporary = `${target}.${crypto.randomUUID()}.tmp`;
  try {
    writeAndClose(openSync(temporary, 'wx', 0o600), content);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
}

function writeAndClose(file: number, content: string): void {
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function followLinks(path: string): string {
  let target = resolve(path);
  for (let links = 0; links < MAX_LINKS; links += 1) {
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    target = resolve(dirname(target), readlinkSync(target));
  }
  throw new Error(`${path}: too many links`);
}

function renamePatiently(from: string, to: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !busy || tries === RENAME_TRIES) throw error;
      pause(RENAME_PAUSE_MS);
    }
  }
}

/** Blocks the thread. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
