import { expect, test } from 'vitest';

import {
  afterRefusal,
  afterRetry,
  backoffMs,
  parseRetryAfter,
  READY,
  remainingMs,
  type RetryState,
} from '../../../lib/delivery/retry-policy.ts';

const NOW = Date.parse('2026-06-01T10:00:00.000Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const longest = (): number => 1;

test('the wait doubles from 1 s to 15 min, with full jitter', () => {
  const bounds = [1, 2, 3, 4, 10, 11, 100, 5_000].map((failures) => backoffMs(failures, longest));
  expect(bounds).toEqual([1_000, 2_000, 4_000, 8_000, 512_000, 900_000, 900_000, 900_000]);
  expect(backoffMs(3, () => 0)).toBe(0);
  expect(backoffMs(3, () => 0.5)).toBe(2_000);
});

test('each failure in a row counts; what the server asks for is a lower bound and binds firmly', () => {
  const first = afterRetry(READY, undefined, NOW, longest);
  expect(first).toEqual({ failures: 1, notBefore: NOW + 1_000, firmUntil: 0, since: NOW });
  expect(afterRetry(first, undefined, NOW, longest).notBefore).toBe(NOW + 2_000);
  expect(afterRetry(READY, 90_000, NOW, longest)).toEqual({
    failures: 1,
    notBefore: NOW + 90_000,
    firmUntil: NOW + 90_000,
    since: NOW,
  });
  // Our own backoff is longer here, but `flush` need not wait for it.
  expect(afterRetry({ ...READY, failures: 9 }, 1_000, NOW, longest)).toMatchObject({
    notBefore: NOW + 512_000,
    firmUntil: NOW + 1_000,
  });
});

test('an absurd wait is cut to a day, a negative one means nothing', () => {
  expect(afterRetry(READY, 1e15, NOW, longest).notBefore).toBe(NOW + DAY);
  expect(afterRetry(READY, Infinity, NOW, longest).notBefore).toBe(NOW + DAY);
  expect(afterRetry(READY, -5, NOW, longest)).toMatchObject({ notBefore: NOW + 1_000, firmUntil: 0 });
});

test('a refusal waits 15 minutes, and does not bind flush', () => {
  expect(afterRefusal(READY, NOW)).toEqual({
    failures: 1,
    notBefore: NOW + 15 * MINUTE,
    firmUntil: 0,
    since: NOW,
  });
});

test.each([2 * MINUTE, 60 * MINUTE, 400 * DAY])('a clock set back by %i ms ends the wait', (back) => {
  const state = afterRetry(READY, 5 * MINUTE, NOW, longest);
  for (const firm of [false, true]) {
    expect(remainingMs(state, NOW, { firm })).toBe(5 * MINUTE);
    expect(remainingMs(state, NOW - 1_000, { firm })).toBe(5 * MINUTE + 1_000);
    expect(remainingMs(state, NOW + 6 * MINUTE, { firm })).toBe(0);
    expect(remainingMs(state, NOW - back, { firm })).toBe(0);
  }
});

test('a wait of a file that does not say since when is no longer than a day', () => {
  const state: RetryState = { ...READY, failures: 1, notBefore: NOW + MINUTE, firmUntil: NOW + MINUTE };
  expect(remainingMs(state, NOW)).toBe(MINUTE);
  expect(remainingMs(state, NOW - 400 * DAY)).toBe(0);
});

test.each([
  ['120', 120_000],
  [' 5 ', 5_000],
  ['0', undefined],
  ['Mon, 01 Jun 2026 10:01:00 GMT', 60_000],
  ['Mon, 01 Jun 2026 09:00:00 GMT', undefined],
  ['Mon, 01 Jun 2099 09:00:00 GMT', Date.parse('2099-06-01T09:00:00Z') - NOW],
  ['99999999999999999999', 1e23],
  ['soon', undefined],
  ['-5', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After: %s', (header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});
