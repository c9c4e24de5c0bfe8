/** The app goes on whatever is found in the place of the queue file, and what can be read of it is carried over. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { DRIVERS, temporaryFolder, testQueue } from './helpers.ts';
import { LEASE, makeCrash, makeEvent } from './records.ts';

// Many files are written and synced: slow on a disk that is busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const CAPTURED = 200;
/** Bytes: about the third of a record. */
const PIECE = 100;

/** A closed queue of 200 events and two crashes, one of them larger than a page. */
function makeFile(): { dataDir: string; path: string } {
  const dataDir = temporaryFolder();
  const queue = testQueue({ dataDir });
  for (let n = 0; n < CAPTURED; n += 1) queue.add('event', makeEvent({ properties: { count: n } }));
  queue.add('crash', makeCrash());
  queue.add('crash', makeCrash({ stack_trace: 'x'.repeat(20_000) }));
  queue.countDropped('invalid_event', 3);
  queue.setState('backoff', 5);
  queue.close();
  return { dataDir, path: join(dataDir, 'queue.db') };
}

function setAside(dataDir: string): string[] {
  return readdirSync(dataDir).filter((name) => name.startsWith('queue.db.damaged-'));
}

function expectWorking(queue: ReturnType<typeof testQueue>): void {
  const before = queue.counts().events;
  queue.add('event', makeEvent());
  expect(queue.counts().events).toBe(before + 1);
  expect(queue.storage).toBe('better-sqlite3');
}

describe('a damaged queue file', () => {
  it('is made anew where it is empty', () => {
    const { dataDir, path } = makeFile();
    truncateSync(path, 0);
    const queue = testQueue({ dataDir });
    expectWorking(queue);
    expect(queue.warnings).toEqual([]);
  });

  it('is set aside where it is something else', () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, 'queue.db'), 'these are not the bytes of a database '.repeat(500));
    const queue = testQueue({ dataDir });
    expectWorking(queue);
    expect(setAside(dataDir)).toHaveLength(1);
    expect(queue.warnings).toHaveLength(1);
    expect(queue.problems()).toEqual(queue.warnings);
  });

  it("is set aside where it is another program's database", () => {
    const dataDir = temporaryFolder();
    const other = new Database(join(dataDir, 'queue.db'));
    other.exec(
      'create table records (id integer primary key, name text); insert into records (name) values (1)',
    );
    other.close();
    const queue = testQueue({ dataDir });
    expectWorking(queue);
    expect(queue.counts().events).toBe(1);
    const [kept] = setAside(dataDir);
    expect(new Database(join(dataDir, kept!)).prepare('select name from records').all()).toHaveLength(1);
  });

  it('is set aside where a newer version wrote it, with its records carried over', () => {
    const { dataDir, path } = makeFile();
    const newer = new Database(path);
    newer.exec('alter table records add column priority integer default 7; pragma user_version = 9');
    newer.close();
    const queue = testQueue({ dataDir });
    expect(queue.counts()).toMatchObject({ events: CAPTURED, crashes: 2 });
    expect(queue.droppedTotals()).toEqual({ invalid_event: 3 });
    expect(queue.getState('backoff')).toBe(5);
    expectWorking(queue);
  });

  it('gives back most of what it held where its end is missing', () => {
    const { dataDir, path } = makeFile();
    truncateSync(path, Math.floor(readFileSync(path).length * 0.6));
    const queue = testQueue({ dataDir });
    // Whether the first statement or a later one meets the damage depends on the page that is missing.
    expectWorking(queue);
    queue.lease({ ...LEASE, kind: 'event' });
    expect(queue.counts().events).toBeGreaterThan(CAPTURED * 0.3);
  });

  it('gives back all that lies in whole pages where its first page is destroyed', () => {
    const { dataDir, path } = makeFile();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 0, 4096);
    writeFileSync(path, bytes);
    const queue = testQueue({ dataDir });
    expect(queue.counts().events).toBe(CAPTURED);
    expect(queue.counts().crashes).toBeGreaterThanOrEqual(1);
    expectWorking(queue);
  });

  it('is mended while it is in use', () => {
    const { dataDir, path } = makeFile();
    const queue = testQueue({ dataDir });
    const bytes = readFileSync(path);
    // All pages but the first, which holds the schema: the open handle meets them at its next statement.
    bytes.fill(0xff, 4096 * 2, 4096 * 10);
    writeFileSync(path, bytes);
    for (let n = 0; n < 5; n += 1) queue.add('event', makeEvent());
    queue.lease({ ...LEASE, kind: 'event' });
    const { events } = queue.counts();
    expect(events).toBeGreaterThan(5);
    expect(events).toBeLessThan(CAPTURED + 5);
    expect(setAside(dataDir).length).toBeGreaterThan(0);
    expectWorking(queue);
  });

  it('keeps the app going whatever single bytes are flipped', () => {
    const { path } = makeFile();
    const sound = readFileSync(path);
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(sound.length - 1), value: fc.integer({ min: 0, max: 255 }) }), {
          minLength: 1,
          maxLength: 20,
        }),
        (flips) => {
          const dataDir = join(temporaryFolder(), 'telemetry');
          mkdirSync(dataDir);
          const bytes = Buffer.from(sound);
          for (const { at, value } of flips) bytes[at] = value;
          writeFileSync(join(dataDir, 'queue.db'), bytes);
          const queue = testQueue({ dataDir });
          queue.add('event', makeEvent());
          for (const { payload } of queue.lease({ ...LEASE, kind: 'event' })) JSON.parse(payload);
          queue.lease({ ...LEASE, kind: 'crash' });
          queue.all();
          queue.settle(queue.lease({ ...LEASE, kind: 'event', dueOnly: false }).map(({ rowId }) => rowId));
          queue.add('event', makeEvent());
          expect(queue.counts().events).toBeGreaterThan(0);
          expect(queue.storage).toBe('better-sqlite3');
          queue.close();
        },
      ),
      { numRuns: 25, seed: 20260601 },
    );
  });

  it('is emptied by sending, wherever a piece of it was wiped', () => {
    const { path } = makeFile();
    const sound = readFileSync(path);
    for (let at = 0; at < sound.length - PIECE; at += 997) {
      const dataDir = join(temporaryFolder(), 'telemetry');
      mkdirSync(dataDir);
      writeFileSync(join(dataDir, 'queue.db'), Buffer.from(sound).fill(0, at, at + PIECE));
      let now = Date.now();
      const queue = testQueue({ dataDir, now: () => now });
      // What was not removed comes back when its lease has ended.
      for (let round = 0; round < 8; round += 1) {
        for (const kind of ['event', 'crash'] as const) {
          queue.settle(queue.lease({ ...LEASE, kind, dueOnly: false }).map(({ rowId }) => rowId));
        }
        now += LEASE.leaseMs + 1;
      }
      expect(queue.counts(), `wiped from ${at}`).toMatchObject({ events: 0, crashes: 0, oldest: null });
      queue.close();
    }
  });

  it('is mended once by two handles that meet it at the same time', () => {
    const { dataDir, path } = makeFile();
    const [one, two] = [testQueue({ dataDir }), testQueue({ dataDir })];
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 2, 4096 * 6);
    writeFileSync(path, bytes);
    one.lease({ ...LEASE, kind: 'event' });
    two.lease({ ...LEASE, owner: 'sender-2', kind: 'event' });
    one.add('event', makeEvent());
    two.add('event', makeEvent());
    expect(two.counts()).toEqual(one.counts());
    expect(one.storage).toBe('better-sqlite3');
    expect(two.storage).toBe('better-sqlite3');
  });

  it('is kept three times at most', () => {
    const dataDir = temporaryFolder();
    for (let n = 0; n < 5; n += 1) {
      writeFileSync(join(dataDir, 'queue.db'), `no database ${n} `.repeat(1_000));
      testQueue({ dataDir }).close();
    }
    expect(setAside(dataDir)).toHaveLength(3);
  });

  it.each(['better-sqlite3', 'node:sqlite'] as const)('is seen as such by %s', (storage) => {
    const { dataDir, path } = makeFile();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 0, 100);
    writeFileSync(path, bytes);
    const queue = testQueue({ dataDir, driver: DRIVERS[storage] });
    expect(queue.counts().events).toBe(CAPTURED);
    expect(queue.storage).toBe(storage);
  });
});

describe('a queue file that is taken away while in use', () => {
  it('is made anew with all that it held', () => {
    let now = Date.now();
    const dataDir = join(temporaryFolder(), 'telemetry');
    const queue = testQueue({ dataDir, now: () => now });
    for (let n = 0; n < 10; n += 1) queue.add('event', makeEvent());
    queue.countDropped('invalid_event');
    rmSync(dataDir, { recursive: true });
    now += 1_000;
    queue.add('event', makeEvent());
    expect(existsSync(join(dataDir, 'queue.db'))).toBe(true);
    expect(queue.counts().events).toBe(11);
    expect(queue.droppedTotals()).toEqual({ invalid_event: 1 });
    queue.close();
    expect(testQueue({ dataDir }).counts().events).toBe(11);
  });

  it('is followed by every handle, none of them doubling a record', () => {
    let now = Date.now();
    const dataDir = temporaryFolder();
    const handles = [1, 2, 3].map(() => testQueue({ dataDir, now: () => now }));
    for (const queue of handles) for (let n = 0; n < 5; n += 1) queue.add('event', makeEvent());
    for (const suffix of ['', '-wal', '-shm']) {
      const file = join(dataDir, `queue.db${suffix}`);
      copyFileSync(file, `${file}.copy`);
      rmSync(file);
    }
    now += 1_000;
    for (const queue of handles) queue.add('event', makeEvent());
    expect(handles.map((queue) => queue.counts().events)).toEqual([18, 18, 18]);
    const ids = handles[0]!.all().map(({ event_id }) => event_id);
    expect(new Set(ids).size).toBe(18);
  });
});
