import { expect, it } from 'vitest';

import { createRateLimit } from '../../../main-process/rate-limit.ts';

it('lets a burst through, then a steady rate', () => {
  let now = 0;
  const limit = createRateLimit(3, 2, () => now);
  expect([limit.take(), limit.take(), limit.take(), limit.take()]).toEqual([true, true, true, false]);
  now = 499;
  expect(limit.take()).toBe(false);
  now = 1_000;
  expect([limit.take(), limit.take(), limit.take()]).toEqual([true, true, false]);
  now = 60_000;
  expect([limit.take(), limit.take(), limit.take(), limit.take()]).toEqual([true, true, true, false]);
});

it('does not open, or stay shut, when the clock is set back', () => {
  let now = 1_000_000;
  const limit = createRateLimit(1, 1, () => now);
  expect(limit.take()).toBe(true);
  now = 0;
  expect(limit.take()).toBe(false);
  now = 1_000;
  expect(limit.take()).toBe(true);
});
