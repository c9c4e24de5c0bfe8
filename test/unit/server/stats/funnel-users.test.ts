import { expect, test } from 'vitest';

import { FunnelUsers } from '../../../../server/store/stats/funnel-users.ts';

const A = 0;
const B = 1;
const C = 2;

/** Two users. */
const AT_ONCE = 0;
const BY_AND_BY = 1;

/** `did`: pairs of time and event, told in one piece or one moment after the other. */
function depth(
  steps: number[],
  did: [time: number, event: number][],
  { window = 100, end = 1000 } = {},
): number {
  const users = new FunnelUsers({ steps, window, end });
  const tell = (user: number, told: typeof did): void =>
    users.advance(user, {
      times: told.map(([time]) => time),
      events: told.map(([, event]) => event),
      count: told.length,
    });
  tell(AT_ONCE, did);
  for (const moment of Map.groupBy(did, ([time]) => time).values()) tell(BY_AND_BY, moment);
  const passed = users.passed().filter((count) => count > 0);
  expect(passed.every((count) => count === 2)).toBe(true);
  return passed.length;
}

test('steps count in order of time only', () => {
  expect(depth([A, B], [[1, A], [2, B]])).toBe(2); // prettier-ignore
  expect(depth([A, B], [[1, B], [2, A]])).toBe(1); // prettier-ignore
});

test('the window is measured from the first step, its end included', () => {
  expect(depth([A, B], [[0, A], [100, B]])).toBe(2); // prettier-ignore
  expect(depth([A, B], [[0, A], [101, B]])).toBe(1); // prettier-ignore
});

test('a later start is used where the first one is too old', () => {
  expect(depth([A, B, C], [[0, A], [50, B], [90, A], [95, B], [150, C]])).toBe(3); // prettier-ignore
});

test('only the first step must lie in range', () => {
  expect(depth([A, B], [[5, A], [15, B]], { end: 10 })).toBe(2); // prettier-ignore
  expect(depth([A, B], [[10, A], [15, B]], { end: 10 })).toBe(0); // prettier-ignore
});

test('events of the same moment may be taken in any order', () => {
  expect(depth([A, B, C], [[1, C], [1, B], [1, A]])).toBe(3); // prettier-ignore
});

test('an event is used once', () => {
  expect(depth([A, A], [[1, A]])).toBe(1);
  expect(depth([A, A], [[1, A], [1, A]])).toBe(2); // prettier-ignore
  expect(depth([A, B, A], [[1, A], [1, B]])).toBe(2); // prettier-ignore
});

test('many users are kept apart', () => {
  const users = new FunnelUsers({ steps: [A, B], window: 100, end: 1000 });
  for (let i = 0; i < 5_000; i += 1) users.advance(i, { times: [i % 900], events: [A], count: 1 });
  for (let i = 0; i < 5_000; i += 5) users.advance(i, { times: [(i % 900) + 100], events: [B], count: 1 });
  for (let i = 1; i < 5_000; i += 5) users.advance(i, { times: [(i % 900) + 101], events: [B], count: 1 });
  expect(users.passed()).toEqual([5_000, 1_000]);
});
