import { gunzipSync, zstdDecompressSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { compress } from '../../../lib/delivery/compress.ts';

const TEXT = JSON.stringify(
  Array.from({ length: 40 }, (_, count) => ({ event: 'dictionary_used', properties: { count } })),
);

test('a body with a wrong bit cannot be unpacked: it never becomes another record', async () => {
  const { body, encoding } = await compress(TEXT);
  const unpack = encoding === 'zstd' ? zstdDecompressSync : gunzipSync;
  const wrong: string[] = [];
  for (let byte = 0; byte < body.length; byte += 1) {
    const damaged = Buffer.from(body);
    damaged[byte]! ^= 1 << (byte % 8);
    try {
      const text = unpack(damaged).toString();
      if (text !== TEXT) wrong.push(text);
    } catch {
      // As it should be.
    }
  }
  expect(unpack(body).toString()).toBe(TEXT);
  expect(wrong).toEqual([]);
});
