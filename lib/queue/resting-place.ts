/**
 * Where the queue's records rest: a file, guarded so that the app goes on whatever becomes of it.
 *
 * It is in one of two states. *On disk*, every call goes to the file. Where that fails:
 * - a damaged file is set aside, what can be read of it is carried over into a new one, and the call is repeated;
 * - a file that was removed or replaced is opened (or made) again, with what the old one held;
 * - a full, read-only or blocked disk moves the queue *to memory*, bounded by the same limits. Every few seconds, and
 *   at the end, it tries to carry its records back to the disk.
 */
import { join } from 'node:path';

import type { RecordKind } from '../record/batch.ts';
import { type Failure, failureOf, firstLine, loadDriver, type SqliteDriver } from './driver.ts';
import { MemoryStore } from './memory-store.ts';
import {
  type FileOptions,
  identityOf,
  type OpenedFile,
  openQueueFile,
  QUEUE_FILE_NAME,
  removeSetAside,
  replaceDamaged,
} from './queue-file.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { EMPTY_CONTENTS, type Store, type StoreOptions } from './store.ts';
import type { QueueOptions } from './types.ts';

/** How often it is checked that the file is still in its place. Milliseconds. */
const IDENTITY_INTERVAL_MS = 1_000;

/** How often a queue in memory tries the disk. Milliseconds. */
const RETURN_INTERVAL_MS = 5_000;

/** How long a call waits for another process: no transaction of ours takes as long. Milliseconds. */
const PATIENCE_MS = 2_000;

export class RestingPlace {
  readonly #options: QueueOptions;
  readonly #now: () => number;
  readonly #storeOptions: StoreOptions;
  /** Null where no SQLite could be loaded, and once closed. */
  #file: FileOptions | null;
  readonly #problems = new Map<string, string>();
  #disk: SqliteStore | null = null;
  #identity: string | null = null;
  /** Not null while the queue is in memory; `#disk` may still be open for reading then. */
  #memory: MemoryStore | null = null;
  readonly #purgesOwed = new Set<RecordKind>();
  #checkedAt = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const { maxRecords, maxBytes, maxAgeDays } = options;
    this.#storeOptions = { maxRecords, maxBytes, maxAgeDays, now: this.#now };
    const driver = options.driver === undefined ? this.#loadDriver() : options.driver;
    const path = join(options.dataDir, QUEUE_FILE_NAME);
    this.#file = driver && { driver, path, store: this.#storeOptions, patienceMs: PATIENCE_MS };
    try {
      this.#adopt(this.#open(PATIENCE_MS));
    } catch (error) {
      this.#moveToMemory(error);
    }
  }

  get storage(): Store['storage'] {
    return this.#memory || !this.#disk ? 'memory' : this.#disk.storage;
  }

  problems(): string[] {
    return [...this.#problems.values()];
  }

  /** Runs `work` where the records rest at the moment, mending that first where it fails. */
  on<T>(work: (store: Store) => T): T {
    if (this.#memory) this.#tryToReturn();
    else this.#checkIdentity();
    if (this.#memory) return work(this.#memory);
    try {
      return work(this.#disk!);
    } catch (error) {
      this.#mend(error);
    }
    if (this.#memory) return work(this.#memory);
    try {
      return work(this.#disk!);
    } catch (error) {
      return work(this.#moveToMemory(error));
    }
  }

  /** Runs `read` on both resting places where the queue is in memory and the file can still be read. */
  onEach<T>(read: (store: Store) => T): T[] {
    const result = this.on(read);
    if (!this.#memory) return [result];
    const onDisk = attempt(() => this.#disk && { result: read(this.#disk) });
    return onDisk ? [onDisk.result, result] : [result];
  }

  /** Deletes a kind for good, files set aside too. What the disk does not let go now goes before it is used again. */
  purge(kind: RecordKind): { records: number } {
    if (this.#file) attempt(() => removeSetAside(this.#file!.path));
    const { records } = this.on((store) => store.purge(kind));
    if (!this.#memory) return { records };
    this.#purgesOwed.add(kind);
    const onDisk = attempt(() => this.#disk?.purge(kind));
    if (onDisk) this.#purgesOwed.delete(kind);
    return { records: records + (onDisk?.records ?? 0) };
  }

  /** Ends on the disk where it can. Calls that come later go nowhere, without throwing. */
  close(): void {
    if (this.#memory) this.#tryToReturn({ now: true });
    this.#closeDisk();
    this.#file = null;
    this.#memory = new MemoryStore(this.#storeOptions);
  }

  #open(patienceMs: number): OpenedFile {
    if (!this.#file) throw new Error('no SQLite could be loaded');
    return openQueueFile({ ...this.#file, patienceMs });
  }

  #adopt({ store, identity, rescue }: OpenedFile): void {
    this.#disk = store;
    this.#identity = identity;
    this.#checkedAt = this.#now();
    if (rescue) {
      this.#report(
        'damaged',
        `The queue file was damaged: it was set aside as ${rescue.setAside}, ${rescue.records} records were carried over.`,
      );
    }
  }

  #report(kind: string, problem: string): void {
    this.#problems.set(kind, problem);
    this.#options.warn(`queue-${kind}`, problem);
  }

  #mend(error: unknown): void {
    const failure = failureOf(error);
    try {
      if (failure === 'damaged') {
        attempt(() => this.#disk?.close());
        this.#adopt(replaceDamaged(this.#file!, this.#identity));
      } else if (failure === 'unwritable' && identityOf(this.#file!.path) !== this.#identity) {
        this.#reopen();
      } else {
        this.#moveToMemory(error);
      }
    } catch (failed) {
      this.#moveToMemory(failed);
    }
  }

  #checkIdentity(): void {
    const now = this.#now();
    if (Math.abs(now - this.#checkedAt) < IDENTITY_INTERVAL_MS) return;
    this.#checkedAt = now;
    try {
      if (identityOf(this.#file!.path) !== this.#identity) this.#reopen();
    } catch (error) {
      this.#moveToMemory(error);
    }
  }

  /** The file was removed or replaced: what the old one held goes into the one that is there now, or a new one. */
  #reopen(): void {
    const held = attempt(() => this.#disk?.contents()) ?? EMPTY_CONTENTS;
    this.#closeDisk();
    this.#adopt(this.#open(PATIENCE_MS));
    const there = this.#disk!.contents();
    const known = new Set(there.records.map(({ eventId }) => eventId));
    this.#disk!.take({
      records: held.records.filter(({ eventId }) => !known.has(eventId)),
      deadLetters: there.deadLetters.length > 0 ? [] : held.deadLetters,
      // A process that mended the file before us has carried these over already.
      dropped: Object.keys(there.dropped).length > 0 ? {} : held.dropped,
      state: { ...held.state, ...there.state },
    });
    this.#report(
      'replaced',
      'The queue file was removed or replaced while in use; its records were carried over.',
    );
  }

  #moveToMemory(error: unknown): MemoryStore {
    const memory = new MemoryStore(this.#storeOptions);
    const state = attempt(() => this.#disk?.state());
    if (state) memory.take({ ...EMPTY_CONTENTS, state });
    const failure = failureOf(error);
    if (isPassing(failure)) attempt(() => this.#disk?.setPatience(0));
    else this.#closeDisk();
    this.#memory = memory;
    this.#checkedAt = this.#now();
    this.#report(
      'memory',
      `Records wait in memory and are lost when the app ends: ${MEANING[failure]} (${firstLine(error)}).`,
    );
    return memory;
  }

  /** Carries all records back to the disk, if it takes them; not while some are on their way from here. */
  #tryToReturn({ now: isUrgent = false } = {}): void {
    const memory = this.#memory!;
    if (!this.#file) return;
    if (!isUrgent) {
      const now = this.#now();
      if (Math.abs(now - this.#checkedAt) < RETURN_INTERVAL_MS || memory.hasLeases()) return;
      this.#checkedAt = now;
    }
    try {
      if (!this.#disk) this.#adopt(this.#open(0));
      for (const kind of this.#purgesOwed) this.#disk!.purge(kind);
      this.#disk!.take(memory.contents());
    } catch (error) {
      if (!isPassing(failureOf(error))) this.#closeDisk();
      return;
    }
    this.#disk!.setPatience(PATIENCE_MS);
    this.#purgesOwed.clear();
    this.#memory = null;
    this.#problems.delete('memory');
  }

  #closeDisk(): void {
    attempt(() => this.#disk?.close());
    this.#disk = null;
  }

  #loadDriver(): SqliteDriver | null {
    const { driver, failures } = loadDriver();
    if (driver && failures.length > 0) {
      this.#report(
        'driver',
        `better-sqlite3 could not be loaded (${failures[0]}); Node's own SQLite takes its place.`,
      );
    }
    return driver;
  }
}

const MEANING: Readonly<Record<Failure, string>> = {
  busy: 'another process holds the queue file',
  full: 'the disk is full',
  damaged: 'the queue file is damaged and could not be replaced',
  unwritable: 'the queue file cannot be written',
};

/** The file itself is sound and stays open: it can be read, and written again later. */
function isPassing(failure: Failure): boolean {
  return failure === 'busy' || failure === 'full';
}

/** For steps that may fail on a failing disk, where going on without them is right. */
function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
