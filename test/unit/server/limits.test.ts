/** Limits by client address: what counts as one client, and when it is locked out. */
import { expect, test } from 'vitest';

import { addressGroup } from '../../../server/plugins/client-address.ts';
import { createLockOut } from '../../../server/plugins/lock-out.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test('ten failures lock out until the window ends; another address and a success are not concerned', () => {
  let now = 0;
  const lockOut = createLockOut({ failures: 10, windowMs: 900_000, now: () => now });
  for (let failure = 0; failure < 9; failure += 1) lockOut.countFailure('a');
  expect(lockOut.secondsLeft('a')).toBe(0);
  now = 60_000;
  lockOut.countFailure('a');
  expect(lockOut.secondsLeft('a')).toBe(840);
  expect(lockOut.secondsLeft('b')).toBe(0);
  now = 900_000;
  expect(lockOut.secondsLeft('a')).toBe(0);
  for (let failure = 0; failure < 9; failure += 1) lockOut.countFailure('a');
  lockOut.forget('a');
  lockOut.countFailure('a');
  expect(lockOut.secondsLeft('a')).toBe(0);
});

test('it never remembers more than ten thousand addresses', () => {
  const lockOut = createLockOut({ failures: 1, windowMs: 1_000, now: () => 0 });
  for (let address = 0; address < 10_001; address += 1) lockOut.countFailure(String(address));
  expect(lockOut.secondsLeft('0')).toBe(0);
  expect(lockOut.secondsLeft('10000')).toBe(1);
});
