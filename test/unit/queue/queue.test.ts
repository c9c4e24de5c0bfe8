/** What every queue promises, wherever its records rest. */
import { describe, expect, it } from 'vitest';

import type { RecordQueue } from '../../../lib/queue/types.ts';
import { DRIVERS, temporaryFolder, testQueue } from './helpers.ts';
import { LEASE, makeCrash, makeEvent } from './records.ts';

const DAY_MS = 24 * 60 * 60_000;
const START = Date.parse('2026-06-01T10:00:00.000Z');
const at = (time: number): { timestamp: string } => ({ timestamp: new Date(time).toISOString() });

describe.each(Object.keys(DRIVERS) as RecordQueue['storage'][])('a queue on %s', (storage) => {
  const options = { driver: DRIVERS[storage] };

  it('says where records rest', () => {
    const queue = testQueue(options);
    expect(queue.storage).toBe(storage);
    expect(queue.problems()).toHaveLength(storage === 'memory' ? 1 : 0);
  });

  it('gives records back as they were put in, crashes first, then by age', () => {
    const queue = testQueue(options);
    const [first, second, crash] = [makeEvent(), makeEvent({ event: 'app_opened' }), makeCrash()];
    queue.add('event', first);
    queue.add('event', second);
    queue.add('crash', crash);
    expect(queue.peek(2)).toEqual([crash, first]);
    expect(queue.all()).toEqual([crash, first, second]);
    const [leased] = queue.lease({ ...LEASE, kind: 'crash' });
    expect(leased).toMatchObject({ eventId: crash.event_id, kind: 'crash', tries: 0 });
    expect(leased!.payload).toBe(JSON.stringify(crash));
    expect(leased!.bytes).toBe(Buffer.byteLength(leased!.payload));
  });

  it('counts records, bytes and the oldest moment of capture', () => {
    const queue = testQueue({ ...options, now: () => START });
    expect(queue.counts()).toEqual({ events: 0, crashes: 0, bytes: 0, oldest: null, deadLetters: 0 });
    const event = makeEvent({ ...at(START), properties: { note: 'ä€😀' } });
    const crash = makeCrash(at(START - 1_000));
    queue.add('event', event);
    queue.add('crash', crash);
    expect(queue.counts()).toEqual({
      events: 1,
      crashes: 1,
      bytes: Buffer.byteLength(JSON.stringify(event)) + Buffer.byteLength(JSON.stringify(crash)),
      oldest: START - 1_000,
      deadLetters: 0,
    });
  });

  it('fills a batch by number and by bytes, and gives a first record that is larger than the batch', () => {
    const queue = testQueue(options);
    for (let n = 0; n < 5; n += 1) queue.add('event', makeEvent());
    const { bytes } = queue.lease({ ...LEASE, kind: 'event', maxRecords: 1 })[0]!;
    expect(queue.lease({ ...LEASE, kind: 'event', maxBytes: 2 * bytes + 1 })).toHaveLength(2);
    expect(queue.lease({ ...LEASE, kind: 'event', maxBytes: 1 })).toHaveLength(1);
    expect(queue.lease({ ...LEASE, kind: 'event' })).toHaveLength(1);
    expect(queue.lease({ ...LEASE, kind: 'event' })).toHaveLength(0);
  });

  it('removes what is settled, and nothing else', () => {
    const queue = testQueue(options);
    for (let n = 0; n < 3; n += 1) queue.add('event', makeEvent());
    const [first, second] = queue.lease({ ...LEASE, kind: 'event' });
    queue.settle([first!.rowId, second!.rowId]);
    queue.settle([first!.rowId, 12_345]);
    queue.settle([]);
    expect(queue.counts().events).toBe(1);
  });

  it('never gives a settled row id to another record', () => {
    const queue = testQueue({ ...options, now: () => START });
    queue.add('event', makeEvent());
    const [old] = queue.lease({ ...LEASE, kind: 'event' });
    queue.settle([old!.rowId]);
    queue.add('event', makeEvent());
    queue.settle([old!.rowId]);
    expect(queue.counts().events).toBe(1);
  });

  it('tries released records again from their time on, counting the tries', () => {
    let now = START;
    const queue = testQueue({ ...options, now: () => now });
    queue.add('event', makeEvent(at(START)));
    const [leased] = queue.lease({ ...LEASE, kind: 'event' });
    queue.release([leased!.rowId], now + 30_000);
    expect(queue.nextDueAt()).toBe(now + 30_000);
    expect(queue.lease({ ...LEASE, kind: 'event' })).toEqual([]);
    expect(queue.lease({ ...LEASE, kind: 'event', dueOnly: false })).toHaveLength(1);
    queue.release([leased!.rowId], now + 30_000);
    now += 30_000;
    expect(queue.lease({ ...LEASE, kind: 'event' })[0]).toMatchObject({ rowId: leased!.rowId, tries: 2 });
  });

  it('says when the next record is due', () => {
    let now = START;
    const queue = testQueue({ ...options, now: () => now });
    expect(queue.nextDueAt()).toBeNull();
    queue.add('event', makeEvent(at(START)));
    expect(queue.nextDueAt()).toBeLessThanOrEqual(now);
    queue.lease({ ...LEASE, kind: 'event' });
    expect(queue.nextDueAt()).toBe(now + LEASE.leaseMs);
    now += LEASE.leaseMs;
    expect(queue.nextDueAt()).toBeLessThanOrEqual(now);
  });

  it('leases a record to one sender at a time, until the lease runs out', () => {
    let now = START;
    const queue = testQueue({ ...options, now: () => now });
    queue.add('event', makeEvent(at(START)));
    const [leased] = queue.lease({ ...LEASE, kind: 'event' });
    const other = { ...LEASE, owner: 'sender-2', kind: 'event' } as const;
    expect(queue.lease({ ...other, dueOnly: false })).toEqual([]);
    now += 50_000;
    expect(queue.renew(LEASE.owner, [leased!.rowId], LEASE.leaseMs)).toBe(true);
    now += 50_000;
    expect(queue.lease(other)).toEqual([]);
    now += 10_000;
    expect(queue.lease(other)).toHaveLength(1);
    expect(queue.renew(LEASE.owner, [leased!.rowId], LEASE.leaseMs)).toBe(false);
    queue.settle([leased!.rowId]);
    expect(queue.counts().events).toBe(0);
  });

  it('sets a record aside as a dead letter, counted by its reason', () => {
    const queue = testQueue({ ...options, now: () => START });
    const event = makeEvent(at(START));
    queue.add('event', event);
    const [leased] = queue.lease({ ...LEASE, kind: 'event' });
    queue.bury(leased!.rowId, 'too_large');
    queue.bury(leased!.rowId, 'too_large');
    expect(queue.counts()).toMatchObject({ events: 0, deadLetters: 1 });
    expect(queue.deadLetters()).toEqual([
      {
        eventId: event.event_id,
        kind: 'event',
        payload: JSON.stringify(event),
        reason: 'too_large',
        at: START,
      },
    ]);
    expect(queue.droppedTotals()).toEqual({ too_large: 1 });
  });

  it('keeps the newest 50 dead letters', () => {
    const queue = testQueue(options);
    for (let n = 0; n < 60; n += 1) queue.add('event', makeEvent({ properties: { count: n } }));
    for (const { rowId } of queue.lease({ ...LEASE, kind: 'event' })) queue.bury(rowId, 'malformed_json');
    const counts = queue.deadLetters().map(({ payload }) => JSON.parse(payload).properties.count);
    expect(counts).toEqual(Array.from({ length: 50 }, (_, n) => n + 10));
  });

  it('keeps all crashes through a flood of events, and counts every drop', () => {
    const queue = testQueue({ ...options, maxRecords: 40 });
    for (let n = 0; n < 400; n += 1) {
      queue.add('event', makeEvent({ properties: { count: n } }));
      if (n % 20 === 0) queue.add('crash', makeCrash());
    }
    expect(queue.counts()).toMatchObject({ events: 20, crashes: 20 });
    expect(queue.droppedTotals()).toEqual({ queue_full: 380 });
    expect(queue.all().at(-1)).toMatchObject({ properties: { count: 399 } });
    expect(queue.all()[20]).toMatchObject({ properties: { count: 380 } });
  });

  it('drops crashes, oldest first, only where there is nothing else to drop', () => {
    const queue = testQueue({ ...options, maxRecords: 3 });
    for (let n = 0; n < 5; n += 1) queue.add('crash', makeCrash({ error_message: `crash ${n}` }));
    queue.add('event', makeEvent());
    expect(queue.all()).toMatchObject([2, 3, 4].map((n) => ({ error_message: `crash ${n}` })));
    expect(queue.droppedTotals()).toEqual({ queue_full: 3 });
  });

  it('holds the limit on bytes', () => {
    const queue = testQueue({ ...options, maxBytes: 65_536 });
    for (let n = 0; n < 300; n += 1) queue.add('event', makeEvent());
    const { events, bytes } = queue.counts();
    expect(bytes).toBeLessThanOrEqual(65_536);
    expect(queue.droppedTotals()).toEqual({ queue_full: 300 - events });
    queue.add('crash', makeCrash({ stack_trace: 'x'.repeat(50_000) }));
    expect(queue.counts().crashes).toBe(1);
    expect(queue.counts().bytes).toBeLessThanOrEqual(65_536);
  });

  it('spares what is on its way where it can', () => {
    const queue = testQueue({ ...options, maxRecords: 10 });
    for (let n = 0; n < 10; n += 1) queue.add('event', makeEvent());
    const leased = queue.lease({ ...LEASE, kind: 'event', maxRecords: 5 });
    for (let n = 0; n < 5; n += 1) queue.add('event', makeEvent());
    const left = queue.all().map(({ event_id }) => event_id);
    expect(left).toEqual(expect.arrayContaining(leased.map(({ eventId }) => eventId)));
    expect(left).toHaveLength(10);
  });

  it('drops what is too old, counted', () => {
    let now = START;
    const queue = testQueue({ ...options, now: () => now });
    queue.add('event', makeEvent(at(START)));
    queue.add('crash', makeCrash(at(START)));
    now += 20 * DAY_MS;
    queue.add('event', makeEvent(at(now)));
    now += 11 * DAY_MS;
    expect(queue.counts()).toMatchObject({ events: 1, crashes: 0 });
    expect(queue.droppedTotals()).toEqual({ expired: 2 });
  });

  it('loses nothing to a clock that jumps by years and back', () => {
    let now = START;
    const queue = testQueue({ ...options, now: () => now });
    queue.add('event', makeEvent(at(now)));
    const [leased] = queue.lease({ ...LEASE, kind: 'event' });
    now += 10 * 365 * DAY_MS;
    expect(queue.counts().events).toBe(1);
    queue.add('event', makeEvent(at(now)));
    queue.release([leased!.rowId], now + 60_000);
    queue.lease({ ...LEASE, kind: 'event' });
    now = START + 60_000;
    // Lease and delay were written by the wrong clock: both count as over.
    expect(queue.nextDueAt()).toBeLessThanOrEqual(now);
    expect(queue.lease({ ...LEASE, kind: 'event' })).toHaveLength(2);
    now = START + 31 * DAY_MS;
    expect(queue.counts().events).toBe(1);
    expect(queue.droppedTotals()).toEqual({ expired: 1 });
  });

  it('lets old records go when a leap of the clock turns out to be true', () => {
    let now = START;
    const queue = testQueue({ ...options, now: () => now });
    queue.add('event', makeEvent(at(now)));
    now += 365 * DAY_MS;
    expect(queue.counts().events).toBe(1);
    now += 31 * DAY_MS;
    expect(queue.counts().events).toBe(0);
  });

  it('bounds how far a delay can reach', () => {
    const queue = testQueue({ ...options, now: () => START });
    queue.add('event', makeEvent(at(START)));
    const [leased] = queue.lease({ ...LEASE, kind: 'event' });
    queue.release([leased!.rowId], Number.MAX_SAFE_INTEGER);
    expect(queue.nextDueAt()).toBe(START + DAY_MS);
  });

  it('purges one kind with its dead letters', () => {
    const queue = testQueue(options);
    for (let n = 0; n < 3; n += 1) queue.add('event', makeEvent());
    queue.add('crash', makeCrash());
    queue.bury(queue.lease({ ...LEASE, kind: 'event' })[0]!.rowId, 'invalid_batch');
    expect(queue.purge('event')).toEqual({ records: 2 });
    expect(queue.counts()).toMatchObject({ events: 0, crashes: 1, deadLetters: 0 });
    expect(queue.purge('crash')).toEqual({ records: 1 });
    expect(queue.all()).toEqual([]);
  });

  it('adds up drops by reason', () => {
    const queue = testQueue(options);
    queue.countDropped('before_send');
    queue.countDropped('before_send', 4);
    queue.countDropped('invalid_event');
    expect(queue.droppedTotals()).toEqual({ before_send: 5, invalid_event: 1 });
  });

  it('keeps small values', () => {
    const queue = testQueue(options);
    expect(queue.getState('backoff')).toBeNull();
    queue.setState('backoff', { failures: 3 });
    queue.setState('backoff', { failures: 4 });
    expect(queue.getState('backoff')).toEqual({ failures: 4 });
    queue.setState('backoff', null);
    expect(queue.getState('backoff')).toBeNull();
  });

  it('answers calls after its end without throwing', () => {
    const queue = testQueue(options);
    queue.close();
    queue.add('event', makeEvent());
    queue.close();
    expect(queue.counts().events).toBe(0);
  });
});

describe.each(['better-sqlite3', 'node:sqlite'] as const)('the file of a queue on %s', (storage) => {
  const driver = DRIVERS[storage];

  it('keeps everything for the next start, in the same order', () => {
    const dataDir = temporaryFolder();
    const before = testQueue({ driver, dataDir });
    for (let n = 0; n < 20; n += 1) before.add('event', makeEvent({ properties: { count: n } }));
    before.add('crash', makeCrash());
    before.bury(before.lease({ ...LEASE, kind: 'event' })[0]!.rowId, 'too_large');
    before.setState('backoff', 7);
    const all = before.all();
    before.close();
    const after = testQueue({ driver, dataDir });
    expect(after.all()).toEqual(all);
    expect(after.counts()).toMatchObject({ events: 19, crashes: 1, deadLetters: 1 });
    expect(after.droppedTotals()).toEqual({ too_large: 1 });
    expect(after.getState('backoff')).toBe(7);
  });

  it('is shared by several handles, which keep the limits together', () => {
    const dataDir = temporaryFolder();
    const [one, two] = [
      testQueue({ driver, dataDir, maxRecords: 50 }),
      testQueue({ driver, dataDir, maxRecords: 50 }),
    ];
    for (let n = 0; n < 40; n += 1) {
      one.add('event', makeEvent());
      two.add('event', makeEvent());
    }
    expect(one.counts().events).toBe(50);
    expect(two.counts()).toEqual(one.counts());
    expect(two.droppedTotals()).toEqual({ queue_full: 30 });
    const leased = one.lease({ ...LEASE, kind: 'event', maxRecords: 30 });
    expect(two.lease({ ...LEASE, owner: 'sender-2', kind: 'event' })).toHaveLength(20);
    one.settle(leased.map(({ rowId }) => rowId));
    expect(two.counts().events).toBe(20);
  });
});
