/** Checking a batch of hostile records must not keep all other requests waiting. */
import { expect, test } from 'vitest';

import { submit } from '../../../server/ingest/submission.ts';

const CLOCK = { now: 0, shift: 0, oldest: 0 };

/** As long as a hostile crash may take, whatever the machine's speed. */
function work(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

test('others have their turn between records that take long', async () => {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    other = setImmediate(count);
  };
  let other = setImmediate(count);
  const seen: number[] = [];
  const { refusals } = await submit(
    { records: [1, 2, 3, 4], sentAt: null, dropped: {}, userId: null },
    CLOCK,
    () => {
      work(30);
      seen.push(turns);
      return { ok: false, code: 'invalid_crash', message: 'no' };
    },
  );
  clearImmediate(other);
  expect(refusals.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(new Set(seen).size).toBe(4);
});
