import { expect, test } from 'vitest';

import { FunnelChains } from '../../../../server/store/stats/funnel-chains.ts';

const A = 0;
const B = 1;
const C = 2;

/** `did`: pairs of time and event. What lies before `end` is in range. */
function depth(
  steps: number[],
  did: [time: number, event: number][],
  { window = 100, end = 1000 } = {},
): number {
  const chains = new FunnelChains(steps, window);
  for (const [time, moment] of Map.groupBy(did, ([at]) => at)) {
    const events = moment.map(([, event]) => event);
    chains.take({ events, count: events.length, earliest: time, latest: time, canStart: time < end });
  }
  expect(chains.possible).toBe(chains.certain);
  return chains.certain;
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

test('of times that are not known exactly it tells what is certain and what may be', () => {
  const chains = new FunnelChains([A, B, C], 100);
  const take = (event: number, earliest: number, latest: number): void =>
    chains.take({ events: [event], count: 1, earliest, latest, canStart: true });
  const depths = (): number[] => [chains.certain, chains.possible];
  take(A, 0, 10);
  take(B, 20, 100);
  expect(depths()).toEqual([2, 2]);
  take(C, 90, 101);
  expect(depths()).toEqual([2, 3]);
  take(C, 111, 120);
  expect(depths()).toEqual([2, 3]);
  take(A, 130, 140);
  take(B, 230, 230);
  take(C, 230, 230);
  expect(depths()).toEqual([3, 3]);
  chains.reset();
  expect(depths()).toEqual([0, 0]);
});
