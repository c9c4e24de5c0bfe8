/** When and how records leave, on a real SQLite queue, with the clock in the test's hands. */
import { randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { memoryTransport } from '../../../lib/delivery/memory-transport.ts';
import { Sender, type SenderOptions } from '../../../lib/delivery/sender.ts';
import type { SendResult, Transport } from '../../../lib/delivery/transport.ts';
import { openQueue } from '../../../lib/queue/queue.ts';
import type { RecordQueue } from '../../../lib/queue/types.ts';
import type { Batch, TelemetryRecord } from '../../../lib/record/batch.ts';
import { makeCrash, makeEvent } from '../../helpers/records.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

// The clock stands still between the test's steps: a real turn of the event loop would not belong to any.
vi.mock('../../../lib/delivery/give-way.ts', () => ({ giveWay: () => Promise.resolve() }));

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function openTestQueue(dataDir = tempDir()): RecordQueue {
  const queue = openQueue({ dataDir, maxRecords: 20_000, maxBytes: 2 ** 26, maxAgeDays: 30, warn: () => {} });
  onTestFinished(() => queue.close());
  return queue;
}

function startSender(
  queue: RecordQueue,
  transport: Transport,
  changes: Partial<SenderOptions> = {},
): Sender & { warnings: string[] } {
  const warnings: string[] = [];
  const sender = new Sender({
    queue,
    transport,
    userId: () => USER,
    maySend: () => true,
    isOnline: () => true,
    flushIntervalMs: 30_000,
    flushAt: 10,
    paused: false,
    beforeSend: undefined,
    beforeSendTimeoutMs: 1_000,
    warn: (kind) => void warnings.push(kind),
    onRound: () => {},
    onSettled: () => {},
    random: () => 1,
    ...changes,
  });
  onTestFinished(() => sender.close());
  return Object.assign(sender, { warnings });
}
const USER = randomUUID();

function addEvents(queue: RecordQueue, count: number): string[] {
  return Array.from({ length: count }, () => {
    const event = makeEvent({ user_id: USER, timestamp: new Date().toISOString() });
    queue.add('event', event);
    return event.event_id;
  });
}

/** What a batch carries. */
function idsOf(batch: Batch): string[] {
  return recordsOf(batch).map(({ event_id }) => event_id);
}
function recordsOf(batch: Batch): TelemetryRecord[] {
  return batch.kind === 'events' ? batch.body.events : batch.body.crashes;
}

/** A transport that notes the time of each try, and answers the same until told otherwise. */
function answering(first: SendResult) {
  const tries: { at: number; records: number; kind: Batch['kind'] }[] = [];
  const transport = {
    answer: first as SendResult | ((batch: Batch) => SendResult),
    tries,
    send(batch: Batch) {
      tries.push({ at: Date.now(), records: recordsOf(batch).length, kind: batch.kind });
      const { answer } = transport;
      return Promise.resolve(typeof answer === 'function' ? answer(batch) : answer);
    },
  };
  return transport;
}
const SETTLED: SendResult = { status: 'settled', rejected: [] };
const DOWN: SendResult = { status: 'retry', reason: 'HTTP 503' };

describe('when', () => {
  test('at the tenth record, all in one batch', async () => {
    const queue = openTestQueue();
    const transport = memoryTransport();
    const sender = startSender(queue, transport);
    await vi.advanceTimersByTimeAsync(2_000);
    addEvents(queue, 9).forEach(() => sender.recordAdded());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.batches).toEqual([]);
    addEvents(queue, 20).forEach(() => sender.recordAdded());
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.batches.map((batch) => recordsOf(batch).length)).toEqual([29]);
    expect(queue.counts().events).toBe(0);
  });

  test('every 30 s, however few wait', async () => {
    const queue = openTestQueue();
    const transport = memoryTransport();
    startSender(queue, transport);
    await vi.advanceTimersByTimeAsync(2_000);
    addEvents(queue, 1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(transport.records()).toHaveLength(1);
  });

  test('when asked to look, what an earlier run left', async () => {
    const queue = openTestQueue();
    addEvents(queue, 3);
    const transport = memoryTransport();
    startSender(queue, transport).look();
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.records()).toHaveLength(3);
  });

  test('not while certainly offline, and at once when back', async () => {
    const queue = openTestQueue();
    addEvents(queue, 3);
    const transport = memoryTransport();
    let online = false;
    const sender = startSender(queue, transport, { isOnline: () => online });
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(await sender.flush()).toEqual({ sent: 0, rejected: 0 });
    online = true;
    sender.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.records()).toHaveLength(3);
  });

  test('not in safe mode, until flush', async () => {
    const queue = openTestQueue();
    addEvents(queue, 20);
    const transport = memoryTransport();
    const sender = startSender(queue, transport, { paused: true });
    sender.recordAdded();
    sender.wake();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(transport.batches).toEqual([]);
    expect(await sender.flush()).toEqual({ sent: 20, rejected: 0 });
  });

  test('not after close', async () => {
    const queue = openTestQueue();
    addEvents(queue, 20);
    const transport = memoryTransport();
    const sender = startSender(queue, transport);
    sender.close();
    sender.wake();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(await sender.flush()).toEqual({ sent: 0, rejected: 0 });
    expect(transport.batches).toEqual([]);
  });
});

describe('batches', () => {
  test('hold at most 500 events and 50 crashes, and carry totals, user and clock', async () => {
    const queue = openTestQueue();
    addEvents(queue, 1_100);
    for (let i = 0; i < 60; i += 1) queue.add('crash', makeCrash({ user_id: USER }));
    queue.countDropped('age', 2);
    const transport = memoryTransport();
    expect(await startSender(queue, transport).flush()).toEqual({ sent: 1_160, rejected: 0 });
    const sizes = (kind: Batch['kind']) =>
      transport.batches.filter((batch) => batch.kind === kind).map((batch) => recordsOf(batch).length);
    expect(sizes('events')).toEqual([500, 500, 100]);
    expect(sizes('crashes')).toEqual([50, 10]);
    const { sent_at, dropped, user_id } = transport.batches[0]!.body;
    expect({ sent_at, dropped, user_id }).toEqual({
      sent_at: new Date().toISOString(),
      dropped: { age: 2 },
      user_id: USER,
    });
  });

  test('of the largest crashes stay under 1 MiB', async () => {
    const queue = openTestQueue();
    const huge = makeCrash({
      user_id: USER,
      stack_trace: '💥'.repeat(65_536),
      error_message: 'é'.repeat(2_000),
      context: { text: 'x'.repeat(32_000) },
    });
    for (let i = 0; i < 20; i += 1) queue.add('crash', { ...huge, event_id: randomUUID() });
    const transport = memoryTransport();
    expect(await startSender(queue, transport).flush()).toEqual({ sent: 20, rejected: 0 });
    for (const batch of transport.batches) {
      expect(Buffer.byteLength(JSON.stringify(batch.body))).toBeLessThan(2 ** 20);
    }
  });
});

describe('answers', () => {
  test('rejected records are removed and counted by code', async () => {
    const queue = openTestQueue();
    const ids = addEvents(queue, 3);
    const transport = answering({
      status: 'settled',
      rejected: [{ index: 1, code: 'too_old', message: 'too old' }],
    });
    const sender = startSender(queue, transport);
    expect(await sender.flush()).toEqual({ sent: 2, rejected: 1 });
    expect(queue.all()).toEqual([]);
    expect(queue.droppedTotals()).toEqual({ rejected_too_old: 1 });
    expect(ids).toHaveLength(3);
  });

  test('a bad record is found by splitting, and set aside', async () => {
    const queue = openTestQueue();
    const ids = addEvents(queue, 100);
    const bad = ids[37]!;
    const stored: string[] = [];
    const transport = answering(SETTLED);
    transport.answer = (batch) => {
      if (idsOf(batch).includes(bad)) return { status: 'split', reason: 'malformed' };
      stored.push(...idsOf(batch));
      return SETTLED;
    };
    const sender = startSender(queue, transport);
    expect(await sender.flush()).toEqual({ sent: 99, rejected: 0 });
    expect(stored.toSorted()).toEqual(ids.filter((id) => id !== bad).toSorted());
    expect(queue.deadLetters()).toMatchObject([
      { eventId: bad, kind: 'event', reason: 'undeliverable_malformed' },
    ]);
    expect(queue.droppedTotals()).toEqual({ undeliverable_malformed: 1 });
    expect(queue.all()).toEqual([]);
    expect(transport.tries.length).toBeLessThan(20);
    transport.tries.length = 0;
    await sender.flush();
    expect(transport.tries).toEqual([]);
  });

  test('after batches that were too large the next ones grow slowly', async () => {
    const queue = openTestQueue();
    addEvents(queue, 2_000);
    const transport = answering(SETTLED);
    transport.answer = (batch) =>
      transport.tries.length < 4 && recordsOf(batch).length > 100
        ? { status: 'split', reason: 'too_large' }
        : SETTLED;
    await startSender(queue, transport).flush();
    expect(transport.tries.map(({ records }) => records)).toEqual([
      500, 250, 125, 63, 62, 125, 250, 250, 500, 500, 250,
    ]);
  });

  test('a lone record that is refused is set aside', async () => {
    const queue = openTestQueue();
    addEvents(queue, 1);
    await startSender(queue, answering({ status: 'split', reason: 'too_large' })).flush();
    expect(queue.deadLetters()).toHaveLength(1);
    expect(queue.droppedTotals()).toEqual({ undeliverable_too_large: 1 });
  });

  test('where every record is refused, it is not the records: all are kept, and tried again after 15 min', async () => {
    const queue = openTestQueue();
    addEvents(queue, 500);
    const transport = answering({ status: 'split', reason: 'too_large' });
    const sender = startSender(queue, transport);
    expect(await sender.flush()).toEqual({ sent: 0, rejected: 0 });
    expect(queue.counts()).toMatchObject({ events: 500, deadLetters: 0 });
    expect(sender.warnings).toContain('refused');
    transport.answer = SETTLED;
    await vi.advanceTimersByTimeAsync(15 * MINUTE);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(queue.counts()).toMatchObject({ events: 0 });
  });

  test('a refusal keeps everything and asks again every 15 minutes', async () => {
    const queue = openTestQueue();
    addEvents(queue, 20);
    const transport = answering({ status: 'refused', reason: 'HTTP 401' });
    const sender = startSender(queue, transport);
    await vi.advanceTimersByTimeAsync(61 * MINUTE);
    expect(transport.tries).toHaveLength(5);
    expect(queue.counts().events).toBe(20);
    expect(sender.warnings.filter((kind) => kind === 'refused').length).toBeGreaterThan(0);
    transport.answer = SETTLED;
    expect(await sender.flush()).toEqual({ sent: 20, rejected: 0 });
  });

  test('a transport that throws counts as a retry', async () => {
    const queue = openTestQueue();
    addEvents(queue, 3);
    const sender = startSender(queue, { send: () => Promise.reject(new Error('broken')) });
    expect(await sender.flush()).toEqual({ sent: 0, rejected: 0 });
    expect(queue.counts().events).toBe(3);
  });

  test('a transport that throws before its promise does no harm either', async () => {
    const queue = openTestQueue();
    addEvents(queue, 3);
    const sender = startSender(queue, {
      send() {
        throw new Error('broken');
      },
    });
    await sender.flush();
    expect(queue.counts().events).toBe(3);
  });
});

describe('backoff', () => {
  test('a server at 503 for an hour with 10,000 waiting: no record lost, no more requests than the policy says', async () => {
    const queue = openTestQueue();
    addEvents(queue, 10_000);
    const transport = answering(DOWN);
    const sender = startSender(queue, transport);
    sender.look();
    await vi.advanceTimersByTimeAsync(0);
    const start = Date.now();
    for (let minute = 0; minute < 60; minute += 1) {
      await vi.advanceTimersByTimeAsync(MINUTE);
      sender.recordAdded();
    }
    // 1 s, 2 s, 4 s … 512 s, then 15 min, with the longest jitter.
    const waits = transport.tries.map(({ at }, index) => at - (transport.tries[index - 1]?.at ?? at));
    expect(waits).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900].map((s) => s * 1_000));
    expect(transport.tries.at(-1)!.at - start).toBeLessThanOrEqual(60 * MINUTE);
    expect(queue.counts().events).toBe(10_000);
    transport.answer = SETTLED;
    await vi.advanceTimersByTimeAsync(15 * MINUTE);
    await vi.waitFor(() => expect(queue.counts().events).toBe(0));
  });

  test('is kept across restarts', async () => {
    const dataDir = tempDir();
    const queue = openTestQueue(dataDir);
    addEvents(queue, 20);
    const before = startSender(queue, answering({ ...DOWN, afterMs: 10 * MINUTE } as SendResult));
    await before.flush();
    before.close();
    queue.close();

    const transport = answering(SETTLED);
    const again = openTestQueue(dataDir);
    startSender(again, transport);
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    expect(transport.tries).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(again.counts().events).toBe(0);
  });

  test("flush and wake end a wait of the client's own", async () => {
    const queue = openTestQueue();
    addEvents(queue, 20);
    const transport = answering(DOWN);
    const sender = startSender(queue, transport);
    for (let i = 0; i < 5; i += 1) await sender.flush();
    expect(transport.tries).toHaveLength(5);
    sender.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.tries).toHaveLength(6);
  });

  test('nothing ends a wait that the server asked for', async () => {
    const queue = openTestQueue();
    addEvents(queue, 20);
    const transport = answering({ ...DOWN, afterMs: 10 * MINUTE } as SendResult);
    const sender = startSender(queue, transport);
    await sender.flush();
    await sender.flush();
    sender.wake();
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    expect(transport.tries).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(transport.tries).toHaveLength(2);
  });

  test('a clock that is put right by an hour ends every wait, also of each record', async () => {
    const queue = openTestQueue();
    addEvents(queue, 700);
    const transport = answering({ ...DOWN, afterMs: 10 * MINUTE } as SendResult);
    const sender = startSender(queue, transport);
    await sender.flush();
    expect(transport.tries).toHaveLength(1);
    transport.answer = SETTLED;
    vi.setSystemTime(Date.now() - 60 * MINUTE);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(queue.counts().events).toBe(0);
  });

  test('trouble with crashes does not hold up events', async () => {
    const queue = openTestQueue();
    addEvents(queue, 20);
    queue.add('crash', makeCrash({ user_id: USER }));
    const transport = answering(SETTLED);
    transport.answer = (batch) => (batch.kind === 'crashes' ? DOWN : SETTLED);
    expect(await startSender(queue, transport).flush()).toEqual({ sent: 20, rejected: 0 });
    expect(queue.counts()).toMatchObject({ events: 0, crashes: 1 });
  });

  test('after failures a smaller batch goes first, then ones that grow', async () => {
    const queue = openTestQueue();
    addEvents(queue, 1_000);
    const transport = answering(DOWN);
    const sender = startSender(queue, transport);
    for (let i = 0; i < 3; i += 1) await sender.flush();
    transport.answer = SETTLED;
    await sender.flush();
    expect(transport.tries.map(({ records }) => records)).toEqual([500, 250, 125, 62, 124, 248, 496, 70]);
  });
});

describe('leases', () => {
  test('are renewed while a request runs', async () => {
    const queue = openTestQueue();
    addEvents(queue, 5);
    let finish: (result: SendResult) => void = () => {};
    const slow: Transport = { send: () => new Promise((resolve) => (finish = resolve)) };
    const other = memoryTransport();
    const sender = startSender(queue, slow);
    const flushed = sender.flush();
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(await startSender(queue, other).flush()).toEqual({ sent: 0, rejected: 0 });
    finish(SETTLED);
    expect(await flushed).toEqual({ sent: 5, rejected: 0 });
  });

  test('are given back within 60 s when their owner dies', async () => {
    const queue = openTestQueue();
    addEvents(queue, 5);
    queue.lease({ kind: 'event', owner: 'dead', maxRecords: 500, maxBytes: 2 ** 20, leaseMs: 45_000 });
    const sender = startSender(queue, memoryTransport());
    expect(await sender.flush()).toEqual({ sent: 0, rejected: 0 });
    await vi.advanceTimersByTimeAsync(60_000);
    await sender.flush();
    expect(queue.counts().events).toBe(0);
  });

  test('are given back at once on close', async () => {
    const queue = openTestQueue();
    addEvents(queue, 5);
    const sender = startSender(queue, { send: () => new Promise(() => {}) });
    void sender.flush();
    await vi.advanceTimersByTimeAsync(100);
    sender.close();
    expect(await startSender(queue, memoryTransport()).flush()).toEqual({ sent: 5, rejected: 0 });
  });

  test('an aborted request leaves its records, and counts as no failure', async () => {
    const queue = openTestQueue();
    addEvents(queue, 5);
    const signals: AbortSignal[] = [];
    const hanging: Transport = {
      send: (_batch, signal) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    };
    const sender = startSender(queue, hanging);
    const flushed = sender.flush();
    await vi.advanceTimersByTimeAsync(100);
    sender.abort('event');
    expect(await flushed).toEqual({ sent: 0, rejected: 0 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(queue.counts().events).toBe(5);
    expect(queue.getState('retry_event')).toBeNull();
  });
});

describe('beforeSend', () => {
  test('may change and drop records, also asynchronously; ids stay', async () => {
    const queue = openTestQueue();
    const [first, second, third] = addEvents(queue, 3);
    const transport = memoryTransport();
    const sender = startSender(queue, transport, {
      async beforeSend(record) {
        await Promise.resolve();
        if (record.event_id === second) return null;
        return { ...record, event_id: randomUUID(), country: null };
      },
    });
    expect(await sender.flush()).toEqual({ sent: 2, rejected: 0 });
    expect(transport.records().map(({ event_id }) => event_id)).toEqual([first, third]);
    expect(transport.records().map(({ country }) => country)).toEqual([null, null]);
    expect(queue.droppedTotals()).toEqual({ before_send: 1 });
    expect(queue.all()).toEqual([]);
  });

  test.each<[string, SenderOptions['beforeSend']]>([
    [
      'throws',
      () => {
        throw new Error('oops');
      },
    ],
    ['rejects', () => Promise.reject(new Error('oops'))],
    ['returns no record', () => undefined as never],
    ['returns a broken record', (record) => ({ ...record, app_version: 5 }) as never],
  ])('that %s drops the record, counted', async (_what, beforeSend) => {
    const queue = openTestQueue();
    addEvents(queue, 2);
    const transport = memoryTransport();
    const sender = startSender(queue, transport, { beforeSend });
    await sender.flush();
    expect(queue.droppedTotals()).toEqual({ before_send_failed: 2 });
    expect(sender.warnings).toContain('before_send_failed');
    expect(transport.batches).toEqual([]);
  });

  test('that never answers drops the record after the time-out', async () => {
    const queue = openTestQueue();
    addEvents(queue, 1);
    const sender = startSender(queue, memoryTransport(), { beforeSend: () => new Promise(() => {}) });
    const flushed = sender.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    await flushed;
    expect(queue.droppedTotals()).toEqual({ before_send_failed: 1 });
  });
});
