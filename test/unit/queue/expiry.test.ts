import { expect, test } from 'vitest';

import { type ClockMemory, expiryCutoff } from '../../../lib/queue/expiry.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-06-01T00:00:00Z');

/** Days from `NOW` that the clock shows, one after the other; the oldest day that still counts at the end, or null. */
function oldestDay(...days: number[]): number | null {
  let memory: ClockMemory = { seenAt: null, leaptAt: null };
  let cutoff: number | null = null;
  for (const day of days) ({ cutoff, memory } = expiryCutoff(memory, NOW + day * DAY_MS, 30));
  return cutoff === null ? null : (cutoff - NOW) / DAY_MS;
}

test('a clock that goes as it should lets old records go', () => {
  expect(oldestDay(0, 20, 40)).toBe(10);
});

test('after a leap nothing expires for another 30 days', () => {
  expect(oldestDay(-1_800, 0)).toBeNull();
  expect(oldestDay(-1_800, 0, 29)).toBeNull();
  expect(oldestDay(-1_800, 0, 31)).toBe(1);
});

test('a clock that is put right in several steps spares what was captured at the wrong time', () => {
  expect(oldestDay(-1_800, 0, -0.5)).toBeNull();
  expect(oldestDay(-1_800, 0, 3_650, 0)).toBeNull();
  expect(oldestDay(-1_800, 0, 3_650, 0, 31)).toBe(1);
});
