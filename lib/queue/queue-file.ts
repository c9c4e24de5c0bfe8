/** The file below the queue: opening it, telling whether it is still the same one, and setting a damaged one aside. */
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { failureOf, type SqliteDriver } from './driver.ts';
import { salvage } from './salvage.ts';
import { SqliteStore } from './sqlite-store.ts';
import { EMPTY_CONTENTS, type StoreOptions } from './store.ts';

export const QUEUE_FILE_NAME = 'queue.db';

/** Files set aside that are kept for inspection, newest. */
const MAX_SET_ASIDE = 3;

/** Another process that mends the file takes well under a second; a lock older than this was left behind by a dead one. */
const STALE_LOCK_MS = 10_000;
const LOCK_PATIENCE_MS = 3_000;

export interface OpenedFile {
  store: SqliteStore;
  /** Of the file that was opened: changes where another one takes its place. */
  identity: string | null;
  /** Where the file was damaged: what became of it. */
  rescue: { setAside: string; records: number } | null;
}

export interface FileOptions {
  driver: SqliteDriver;
  path: string;
  store: StoreOptions;
  /** How long to wait for other processes. Milliseconds. */
  patienceMs: number;
}

/** Opens or makes the file, setting a damaged one aside. Throws where none can be had (read-only, full, busy). */
export function openQueueFile(options: FileOptions): OpenedFile {
  mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
  const identity = identityOf(options.path);
  try {
    return openSound(options);
  } catch (error) {
    if (failureOf(error) !== 'damaged') throw error;
    return replaceDamaged(options, identity);
  }
}

/** Sets the file aside if it is still the damaged one, and opens a new one with all that could be read of it. */
export function replaceDamaged(options: FileOptions, damagedIdentity: string | null): OpenedFile {
  return withLock(`${options.path}.lock`, () => {
    // Another process may have been first.
    if (identityOf(options.path) !== damagedIdentity) return openSound(options);
    const setAside = moveAside(options.path);
    const { contents } = salvage(options.driver, setAside);
    const opened = openSound(options);
    try {
      opened.store.take({ ...EMPTY_CONTENTS, ...contents });
    } catch (error) {
      opened.store.close();
      throw error;
    }
    return { ...opened, rescue: { setAside: basename(setAside), records: contents.records.length } };
  });
}

/** Tells one file from another that was put in its place; null where there is none. */
export function identityOf(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? `${stats.dev}:${stats.ino}` : null;
}

/** Deletes the files that were set aside. */
export function removeSetAside(path: string): void {
  for (const file of listSetAside(path)) rmSync(file, { force: true });
}

function openSound({ driver, path, store, patienceMs }: FileOptions): OpenedFile {
  const opened = new SqliteStore(driver, path, store, patienceMs);
  return { store: opened, identity: identityOf(path), rescue: null };
}

function moveAside(path: string): string {
  const stamp = new Date().toISOString().replaceAll(/[-:.]/g, '');
  let target = `${path}.damaged-${stamp}`;
  for (let n = 2; identityOf(target) !== null; n += 1) target = `${path}.damaged-${stamp}-${n}`;
  renameSync(path, target);
  // The WAL belongs to the file and is found by its name; the index into it is made anew.
  if (identityOf(`${path}-wal`) !== null) renameSync(`${path}-wal`, `${target}-wal`);
  rmSync(`${path}-shm`, { force: true });
  const stamps = listSetAside(path).filter((file) => !file.endsWith('-wal') && !file.endsWith('-shm'));
  for (const old of stamps.slice(0, -MAX_SET_ASIDE)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(old + suffix, { force: true });
  }
  return target;
}

/** Oldest first. */
function listSetAside(path: string): string[] {
  const prefix = `${basename(path)}.damaged-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => join(dirname(path), name));
}

/** Runs `work` in one process at a time. A lock that stays taken is passed over: the app must go on. */
function withLock<T>(lock: string, work: () => T): T {
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  while (!tryLock(lock) && performance.now() < deadline) sleep(20);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx'));
    return true;
  } catch (error) {
    // Where no lock can be made, the work itself will say why.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return true;
    const stats = statSync(lock, { throwIfNoEntry: false });
    return stats !== undefined && Math.abs(Date.now() - stats.mtimeMs) > STALE_LOCK_MS;
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
