/** A file that is larger than the memory of the server that sends it. */
import { expect, inject, test } from 'vitest';

import { fillEvents, measureExport } from '../bench/export-measure.ts';
import { createTestDatabase } from '../helpers/postgres.ts';

const ROWS = 1_000_000;

test('a million rows pass through a heap of 128 MB', async () => {
  const database = await createTestDatabase(inject('postgres'));
  try {
    await fillEvents(database.url, ROWS);
    const { lines, bytes } = await measureExport(database.url);
    expect(lines).toBe(ROWS + 1);
    expect(bytes).toBeGreaterThan(200 * 2 ** 20);
  } finally {
    await database.drop();
  }
});
