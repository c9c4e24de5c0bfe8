/** The write queue: gathers, keeps order, refuses what is too much, and loses no answer. */
import { expect, test } from 'vitest';

import type { Verdict } from '../../../lib/record/batch.ts';
import type { Row, Submission } from '../../../server/ingest/submission.ts';
import { createWriteQueue } from '../../../server/ingest/write-queue.ts';

const verdict = (accepted: number): Verdict => ({ accepted, duplicates: 0, stripped: 0, rejected: [] });
const submission = (records: number): Submission<Row> => ({
  candidates: Array.from({ length: records }, (_, index) => ({
    index,
    row: { user_id: '', event_id: '', timestamp: '' },
    tooOld: false,
  })),
  refusals: [],
  stripped: 0,
  dropped: null,
});

/** A store whose calls end when the test says so. */
function heldStore() {
  const calls: { sizes: number[]; finish: (error?: Error) => void }[] = [];
  const store = (group: readonly Submission<Row>[]): Promise<Verdict[]> =>
    new Promise((resolve, reject) => {
      const sizes = group.map(({ candidates }) => candidates.length);
      calls.push({
        sizes,
        finish: (error) => (error ? reject(error) : resolve(sizes.map((size) => verdict(size)))),
      });
    });
  return { calls, store };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('the first goes at once; those that come meanwhile go together, up to the limit', async () => {
  const { calls, store } = heldStore();
  const queue = createWriteQueue({ store, lanes: 1, maxRecords: 10, maxWaitingBytes: 1_000 });
  const answers = [1, 4, 5, 3, 20, 2].map((records) => queue.add(submission(records), 1));
  expect(queue.depth).toBe(35);
  for (let call = 0; call < 5; call += 1) {
    calls[call]!.finish();
    await settle();
    await settle();
    if (!calls[call + 1]) break;
  }
  expect(calls.map(({ sizes }) => sizes)).toEqual([[1], [4, 5], [3], [20], [2]]);
  expect((await Promise.all(answers)).map(({ accepted }) => accepted)).toEqual([1, 4, 5, 3, 20, 2]);
  expect(queue.depth).toBe(0);
});

test('each lane works for itself', () => {
  const { calls, store } = heldStore();
  const queue = createWriteQueue({ store, lanes: 2, maxRecords: 10, maxWaitingBytes: 1_000 });
  for (let turn = 0; turn < 4; turn += 1) void queue.add(submission(1), 1);
  expect(calls).toHaveLength(2);
});

test('beyond the limit it refuses, and takes again once there is room', async () => {
  const { calls, store } = heldStore();
  const queue = createWriteQueue({ store, lanes: 1, maxRecords: 1, maxWaitingBytes: 100 });
  const first = queue.add(submission(1), 90);
  const second = queue.add(submission(1), 90);
  expect(() => queue.add(submission(1), 20)).toThrow(
    expect.objectContaining({ code: 'unavailable', retryAfter: 2 }),
  );
  calls[0]!.finish();
  await first;
  calls[1]!.finish();
  await second;
  expect(() => void queue.add(submission(1), 500)).not.toThrow();
});

test('a failure reaches all of its group and none of the next', async () => {
  const { calls, store } = heldStore();
  const queue = createWriteQueue({ store, lanes: 1, maxRecords: 2, maxWaitingBytes: 100 });
  const answers = [1, 1, 1, 1].map((records) => queue.add(submission(records), 1));
  const settled = Promise.allSettled(answers);
  calls[0]!.finish();
  await settle();
  calls[1]!.finish(new Error('gone'));
  await settle();
  calls[2]!.finish();
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
});
