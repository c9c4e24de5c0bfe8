/** Where the disk does not take records, the app runs on with a bounded queue in memory, and comes back. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { SqliteDatabase, SqliteDriver } from '../../../lib/queue/driver.ts';
import { DRIVERS, temporaryFolder, testQueue } from './helpers.ts';
import { LEASE, makeCrash, makeEvent } from './records.ts';

/** A disk of a size that the test sets: SQLite answers SQLITE_FULL beyond it, as on a full one. */
function diskOfSize(storage: 'better-sqlite3' | 'node:sqlite'): {
  driver: SqliteDriver;
  setPages: (pages: number) => void;
} {
  const real = DRIVERS[storage]!;
  const open: SqliteDatabase[] = [];
  let pages = 1_000_000;
  const limit = (database: SqliteDatabase): void => void database.exec(`pragma max_page_count = ${pages}`);
  return {
    driver: {
      name: storage,
      open(path, options) {
        const database = real.open(path, options);
        limit(database);
        open.push(database);
        return database;
      },
    },
    setPages(count) {
      pages = count;
      open.forEach(limit);
    },
  };
}

describe.each(['better-sqlite3', 'node:sqlite'] as const)('a full disk below %s', (storage) => {
  it('moves the queue to memory, and back once there is room', () => {
    let now = Date.now();
    const disk = diskOfSize(storage);
    const dataDir = temporaryFolder();
    const queue = testQueue({ dataDir, driver: disk.driver, now: () => now, maxRecords: 500 });
    for (let n = 0; n < 100; n += 1) queue.add('event', makeEvent({ properties: { count: n } }));
    queue.setState('backoff', 4);
    disk.setPages(1);
    for (let n = 100; n < 200; n += 1) queue.add('event', makeEvent({ properties: { count: n } }));
    queue.add('crash', makeCrash());
    expect(queue.storage).toBe('memory');
    expect(queue.warnings).toHaveLength(1);
    expect(queue.problems()).toEqual(queue.warnings);
    expect(queue.problems()[0]).toContain('the disk is full');
    expect(queue.counts()).toMatchObject({ events: 200, crashes: 1 });
    expect(queue.all()).toHaveLength(201);
    expect(queue.getState('backoff')).toBe(4);
    queue.setState('backoff', 5);
    queue.countDropped('invalid_event', 2);

    disk.setPages(1_000_000);
    now += 5_000;
    queue.add('event', makeEvent({ properties: { count: 200 } }));
    expect(queue.storage).toBe(storage);
    expect(queue.problems()).toEqual([]);
    expect(queue.all().slice(1)).toMatchObject(
      Array.from({ length: 201 }, (_, count) => ({ properties: { count } })),
    );
    expect(queue.getState('backoff')).toBe(5);
    expect(queue.droppedTotals()).toEqual({ invalid_event: 2 });
    queue.close();
    expect(testQueue({ dataDir }).counts()).toMatchObject({ events: 201, crashes: 1 });
  });

  it('bounds the queue in memory, and sends from it', () => {
    const disk = diskOfSize(storage);
    const queue = testQueue({ driver: disk.driver, maxRecords: 100 });
    disk.setPages(1);
    for (let n = 0; n < 1_000; n += 1) queue.add('event', makeEvent());
    expect(queue.storage).toBe('memory');
    const leased = queue.lease({ ...LEASE, kind: 'event' });
    expect(leased.length).toBeGreaterThan(0);
    queue.settle(leased.map(({ rowId }) => rowId));
    expect(queue.counts().events).toBeLessThan(100);
  });

  it('does not change places while records are on their way', () => {
    let now = Date.now();
    const disk = diskOfSize(storage);
    const queue = testQueue({ driver: disk.driver, now: () => now });
    disk.setPages(1);
    for (let n = 0; n < 300; n += 1) queue.add('event', makeEvent());
    const leased = queue.lease({ ...LEASE, kind: 'event' });
    disk.setPages(1_000_000);
    now += 5_000;
    queue.settle(leased.map(({ rowId }) => rowId));
    now += 5_000;
    queue.add('event', makeEvent());
    expect(queue.storage).toBe(storage);
    expect(queue.counts().events).toBe(300 - leased.length + 1);
  });

  it('gets what memory holds at the end of the app', () => {
    const disk = diskOfSize(storage);
    const dataDir = temporaryFolder();
    const queue = testQueue({ dataDir, driver: disk.driver });
    disk.setPages(1);
    for (let n = 0; n < 300; n += 1) queue.add('event', makeEvent());
    disk.setPages(1_000_000);
    queue.close();
    expect(testQueue({ dataDir }).counts().events).toBe(300);
  });

  it('keeps a purge in mind that the disk did not take', () => {
    let now = Date.now();
    const disk = diskOfSize(storage);
    const dataDir = temporaryFolder();
    const queue = testQueue({ dataDir, driver: disk.driver, now: () => now });
    for (let n = 0; n < 300; n += 1) queue.add('event', makeEvent());
    queue.add('crash', makeCrash());
    const blocker = DRIVERS[storage]!.open(join(dataDir, 'queue.db'));
    blocker.exec('begin immediate');
    queue.add('event', makeEvent());
    expect(queue.storage).toBe('memory');
    expect(queue.problems()[0]).toContain('another process holds the queue file');
    queue.purge('event');
    blocker.exec('commit');
    blocker.close();
    now += 5_000;
    queue.add('crash', makeCrash());
    expect(queue.storage).toBe(storage);
    expect(queue.counts()).toMatchObject({ events: 0, crashes: 2 });
  });
});

describe('a place where no file can be made', () => {
  it('leaves the app running on memory where the folder is a file', () => {
    const dataDir = join(temporaryFolder(), 'telemetry');
    writeFileSync(dataDir, 'a file');
    const queue = testQueue({ dataDir });
    queue.add('crash', makeCrash());
    expect(queue.storage).toBe('memory');
    expect(queue.counts().crashes).toBe(1);
    expect(queue.warnings).toHaveLength(1);
  });

  it('leaves the app running on memory where a folder lies in place of the file', () => {
    const dataDir = temporaryFolder();
    mkdirSync(join(dataDir, 'queue.db'));
    const queue = testQueue({ dataDir });
    queue.add('event', makeEvent());
    expect(queue.storage).toBe('memory');
    expect(queue.counts().events).toBe(1);
  });

  it('leaves the app running where the file may not be written', () => {
    const dataDir = temporaryFolder();
    testQueue({ dataDir }).close();
    chmodSync(join(dataDir, 'queue.db'), 0o400);
    chmodSync(dataDir, 0o500);
    const queue = testQueue({ dataDir });
    queue.add('event', makeEvent());
    expect(queue.counts().events).toBe(1);
    chmodSync(dataDir, 0o700);
  });
});
