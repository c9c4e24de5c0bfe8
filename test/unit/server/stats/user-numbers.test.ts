/** A number for each id, and for each id one number. */
import { randomBytes } from 'node:crypto';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { UserNumbers } from '../../../../server/store/stats/user-numbers.ts';

const idAt = fc.uint8Array({ minLength: 16, maxLength: 16 });

function numbersOf(ids: readonly Uint8Array[]): number[] {
  const users = new UserNumbers();
  return ids.map((id) => {
    // Not at the beginning of the buffer, as in the answer of a database.
    const bytes = new Uint8Array(3 + id.length);
    bytes.set(id, 3);
    return users.of(new DataView(bytes.buffer), 3);
  });
}

/** The same by a `Map`. */
function expectedOf(ids: readonly Uint8Array[]): number[] {
  const known = new Map<string, number>();
  return ids.map((id) => {
    const key = Buffer.from(id).toString('hex');
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key)!;
  });
}

test('any ids in any order', () => {
  fc.assert(
    fc.property(fc.array(idAt), fc.array(fc.nat()), (ids, repeats) => {
      const asked = [...ids, ...repeats.flatMap((n) => (ids.length > 0 ? [ids[n % ids.length]!] : []))];
      expect(numbersOf(asked)).toEqual(expectedOf(asked));
    }),
  );
});

test('more than there is room for at first', () => {
  const ids = Array.from({ length: 5_000 }, () => randomBytes(16));
  const asked = [...ids, ...ids.toReversed()];
  expect(numbersOf(asked)).toEqual(expectedOf(asked));
});

test('ids that differ in one word only', () => {
  const ids = [0, 4, 8, 12].flatMap((word) =>
    Array.from({ length: 3_000 }, (_, n) => {
      const id = Buffer.alloc(16, 0xab);
      id.writeUInt32BE(n, word);
      return id;
    }),
  );
  expect(numbersOf(ids)).toEqual(expectedOf(ids));
});
