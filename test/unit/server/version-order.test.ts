import { expect, test } from 'vitest';

import { compareVersions, newestVersion } from '../../../server/store/version-order.ts';

test('versions stand in the order in which they are released', () => {
  const released = ['', 'nightly'].concat(
    '0.9.9, 1.0.0-alpha, 1.0.0-alpha.2, 1.0.0-alpha.10, 1.0.0-beta, 1.0.0, 1.9.0, 1.10.0, v1.10.1, 2, 2.0.1'.split(
      ', ',
    ),
  );
  const numbered = released.slice(2);
  const shuffled = [...numbered].reverse();
  expect(shuffled.sort(compareVersions)).toEqual(numbered);
  expect(newestVersion(numbered)).toBe('2.0.1');
  expect(newestVersion([])).toBeNull();
  for (const a of released) {
    for (const b of released) {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
    }
  }
});

test.each([
  ['1.2', '1.2.0'],
  ['v1.2.0', '1.2.0'],
  ['1.2.0+build.7', '1.2.0'],
])('%s is the same version as %s', (a, b) => {
  expect(compareVersions(a, b)).toBe(0);
});
