/** What waits, what was lost and why, and how the queue fares. */
import type { PendingReport } from './handle.ts';
import type { RecordQueue } from './queue/types.ts';

const LAST_SENT = 'last_sent';

/** `problems`: of others than the queue. */
export function pendingReport(queue: RecordQueue, problems: readonly string[]): PendingReport {
  const { events, crashes, bytes, oldest } = queue.counts();
  const lastSent = queue.getState<{ at: number; records: number }>(LAST_SENT);
  return {
    events,
    crashes,
    bytes,
    oldest: oldest === null ? null : new Date(oldest),
    dropped: queue.droppedTotals(),
    health: {
      storage: queue.storage,
      durable: queue.storage !== 'memory',
      problems: [...queue.problems(), ...problems],
    },
    lastSent: lastSent && { at: new Date(lastSent.at), records: lastSent.records },
  };
}

export function noteLastSent(queue: RecordQueue, records: number): void {
  queue.setState(LAST_SENT, { at: Date.now(), records });
}
