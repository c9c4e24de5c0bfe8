import { expect, onTestFinished, test } from 'vitest';

import { createLazySender, type LazySender } from '../../../lib/delivery/lazy-sender.ts';
import { memoryTransport, type MemoryTransport } from '../../../lib/delivery/memory-transport.ts';
import { openQueue } from '../../../lib/queue/queue.ts';
import { makeEvent } from '../../helpers/records.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const within = { timeout: 20_000, interval: 20 };

/** With three records of an earlier run. */
function start(flushIntervalMs: number): { sender: LazySender; transport: MemoryTransport } {
  const warn = (): void => {};
  const queue = openQueue({ dataDir: tempDir(), maxRecords: 100, maxBytes: 2 ** 20, maxAgeDays: 30, warn });
  for (let i = 0; i < 3; i += 1) queue.add('event', makeEvent());
  const transport = memoryTransport();
  const sender = createLazySender({
    queue,
    transport,
    userId: () => 'me',
    maySend: () => true,
    isOnline: () => true,
    flushIntervalMs,
    flushAt: 2,
    paused: false,
    beforeSend: undefined,
    beforeSendTimeoutMs: 1_000,
    warn,
    onRound: () => {},
    onSettled: () => {},
  });
  onTestFinished(() => {
    sender.close();
    queue.close();
  });
  return { sender, transport };
}

test('what an earlier run left leaves soon after the start', async () => {
  const { transport } = start(100);
  await expect.poll(() => transport.records().length, within).toBe(3);
});

test('the record that fills the measure sends all', async () => {
  const { sender, transport } = start(1_000_000);
  sender.recordAdded();
  sender.recordAdded();
  await expect.poll(() => transport.records().length, within).toBe(3);
});

test('flush and a network that is back send at once', async () => {
  const one = start(1_000_000);
  expect(await one.sender.flush()).toEqual({ sent: 3, rejected: 0 });
  const other = start(1_000_000);
  other.sender.wake();
  await expect.poll(() => other.transport.records().length, within).toBe(3);
});

test('close ends it, also while it loads', async () => {
  const { sender, transport } = start(100);
  const flushed = sender.flush();
  sender.close();
  expect(await flushed).toEqual({ sent: 0, rejected: 0 });
  sender.recordAdded();
  sender.recordAdded();
  sender.abort('event');
  expect(await sender.flush()).toEqual({ sent: 0, rejected: 0 });
  expect(transport.batches).toEqual([]);
});
