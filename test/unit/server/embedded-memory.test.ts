/** The embedded PostgreSQL takes memory by what the machine has, within bounds. */
import { expect, test } from 'vitest';

import { sharedBuffers } from '../../../server/embedded/memory.ts';

const GIB = 2 ** 30;

test.each([
  [0.5 * GIB, '128MB'],
  [1 * GIB, '128MB'],
  [2 * GIB, '256MB'],
  [3.3 * GIB, '422MB'],
  [24 * GIB, '1024MB'],
])('of %d bytes', (memory, expected) => {
  expect(sharedBuffers(memory)).toBe(expected);
});

test('the machine at hand gets a value PostgreSQL takes', () => {
  const [, megabytes] = /^(\d+)MB$/.exec(sharedBuffers()) ?? [];
  expect(Number(megabytes)).toBeGreaterThanOrEqual(128);
  expect(Number(megabytes)).toBeLessThanOrEqual(1_024);
});
