/** What a purge deletes is gone from every byte of the folder. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { DRIVERS, temporaryFolder, testQueue } from './helpers.ts';
import { LEASE, makeCrash, makeEvent } from './records.ts';

/** Files of the folder that hold the text anywhere. */
function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
}

describe.each(['better-sqlite3', 'node:sqlite'] as const)('a purge on %s', (storage) => {
  it('leaves no byte of the purged kind in the file, its WAL or its index, and all of the other kind', () => {
    const dataDir = temporaryFolder();
    const queue = testQueue({ dataDir, driver: DRIVERS[storage] });
    const secret = 'zanzibar';
    for (let n = 0; n < 300; n += 1) {
      queue.add('event', makeEvent({ properties: { secret: `${secret}-${n}` } }));
    }
    queue.add('crash', makeCrash({ error_message: 'kept' }));
    queue.bury(queue.lease({ ...LEASE, kind: 'event' })[0]!.rowId, 'too_large');
    queue.release(
      queue.lease({ ...LEASE, kind: 'event', dueOnly: false }).map(({ rowId }) => rowId),
      0,
    );
    writeFileSync(join(dataDir, 'queue.db.damaged-20260601T100000Z'), secret);
    writeFileSync(join(dataDir, 'queue.db.damaged-20260601T100000Z-wal'), secret);
    expect(filesHolding(dataDir, secret).length).toBeGreaterThan(0);

    queue.purge('event');

    expect(filesHolding(dataDir, secret)).toEqual([]);
    expect(filesHolding(dataDir, '"event_id"')).not.toEqual([]);
    expect(queue.all()).toMatchObject([{ error_message: 'kept' }]);
    queue.purge('crash');
    expect(filesHolding(dataDir, 'kept')).toEqual([]);
    expect(filesHolding(dataDir, '"event_id"')).toEqual([]);
  });

  it('erases what was settled and trimmed before', () => {
    const dataDir = temporaryFolder();
    const queue = testQueue({ dataDir, driver: DRIVERS[storage], maxRecords: 50 });
    for (let n = 0; n < 100; n += 1) queue.add('event', makeEvent({ properties: { secret: 'zanzibar' } }));
    queue.settle(queue.lease({ ...LEASE, kind: 'event', maxRecords: 20 }).map(({ rowId }) => rowId));
    queue.purge('event');
    expect(filesHolding(dataDir, 'zanzibar')).toEqual([]);
  });

  it('is finished at the next start where a reader stood in its way', () => {
    const dataDir = temporaryFolder();
    const queue = testQueue({ dataDir, driver: DRIVERS[storage] });
    queue.add('event', makeEvent({ properties: { secret: 'zanzibar' } }));
    const reader = DRIVERS[storage]!.open(join(dataDir, 'queue.db'));
    reader.exec('begin; select * from records');
    queue.purge('event');
    expect(filesHolding(dataDir, 'zanzibar')).not.toEqual([]);
    reader.exec('commit');
    testQueue({ dataDir, driver: DRIVERS[storage] });
    expect(filesHolding(dataDir, 'zanzibar')).toEqual([]);
    reader.close();
  });
});
