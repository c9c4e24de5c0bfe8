import { expect, test } from 'vitest';

import { funnelDepth } from '../../../../server/store/stats/funnel-depth.ts';

const A = 0;
const B = 1;
const C = 2;

/** `did`: pairs of time and event. */
function depth(
  steps: number[],
  did: [time: number, event: number][],
  { window = 100, end = 1000 } = {},
): number {
  return funnelDepth(
    { times: did.map(([time]) => time), events: did.map(([, event]) => event) },
    { steps, window, end },
  );
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
