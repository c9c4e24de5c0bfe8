/** The numbers of a queue are exact without counting every row. */
import { join } from 'node:path';

import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';

import { temporaryFolder, testQueue } from './helpers.ts';
import { LEASE, makeCrash, makeEvent } from './records.ts';

// Many files are written and synced: slow on a disk that is busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const step = fc.record({
  handle: fc.nat(2),
  action: fc.constantFrom(
    'add',
    'add many',
    'crash',
    'settle',
    'bury',
    'release',
    'purge',
    'count',
    'reopen',
  ),
  count: fc.integer({ min: 1, max: 20 }),
});

it('counts what is there, whichever of three handles did what', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const options = { dataDir: temporaryFolder(), maxRecords: 300 };
      const handles = [testQueue(options), testQueue(options), testQueue(options)];
      for (const { handle, action, count } of steps) {
        const queue = handles[handle]!;
        const lease = (): number[] =>
          queue
            .lease({ ...LEASE, owner: `${handle}`, kind: 'event', maxRecords: count, leaseMs: 0 })
            .map(({ rowId }) => rowId);
        if (action === 'add') for (let n = 0; n < count; n += 1) queue.add('event', makeEvent());
        else if (action === 'add many') for (let n = 0; n < 260; n += 1) queue.add('event', makeEvent());
        else if (action === 'crash') queue.add('crash', makeCrash());
        else if (action === 'settle') queue.settle(lease());
        else if (action === 'bury') for (const rowId of lease().slice(0, 1)) queue.bury(rowId, 'too_large');
        else if (action === 'release') queue.release(lease(), 0);
        else if (action === 'purge') queue.purge(count > 10 ? 'event' : 'crash');
        else if (action === 'count') queue.counts();
        else {
          queue.close();
          handles[handle] = testQueue(options);
        }
      }
      for (const queue of handles) {
        const records = queue.all();
        const crashes = records.filter((record) => 'crash_type' in record).length;
        expect(queue.counts()).toMatchObject({
          events: records.length - crashes,
          crashes,
          bytes: records.reduce((sum, record) => sum + JSON.stringify(record).length, 0),
        });
        expect(records.length).toBeLessThanOrEqual(300);
        queue.close();
      }
    }),
    { numRuns: 12, seed: 20260601 },
  );
});

it('drops nothing for numbers in the file that are wrong', () => {
  const dataDir = temporaryFolder();
  const queue = testQueue({ dataDir });
  for (let n = 0; n < 20; n += 1) queue.add('event', makeEvent());
  queue.close();
  const file = new Database(join(dataDir, 'queue.db'));
  file.exec('update counted set events = 1000000, through_id = (select max(id) from records)');
  file.close();
  const again = testQueue({ dataDir });
  again.add('event', makeEvent());
  expect(again.counts().events).toBe(21);
  expect(again.droppedTotals()).toEqual({});
});

it.each([
  ['rows that damage has taken', 'delete from records'],
  ['rows that the numbers have lost', 'update counted set events = 0, event_bytes = 0'],
])('does not go on counting %s', (_, damage) => {
  const dataDir = temporaryFolder();
  const queue = testQueue({ dataDir });
  for (let n = 0; n < 3; n += 1) queue.add('event', makeEvent());
  const [record] = queue.lease({
    kind: 'event',
    owner: 'a',
    maxRecords: 1,
    maxBytes: 10_000,
    leaseMs: 1_000,
  });
  queue.settle([record!.rowId]);
  queue.close();
  const file = new Database(join(dataDir, 'queue.db'));
  file.exec(damage);
  const { rows } = file.prepare('select count(*) as rows from records').get() as { rows: number };
  file.close();
  const again = testQueue({ dataDir });
  expect(again.counts()).toMatchObject({ events: rows, oldest: rows === 0 ? null : expect.any(Number) });
  expect(again.counts().bytes > 0).toBe(rows > 0);
});
