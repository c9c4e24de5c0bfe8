/** Statements that take long are told by their text, without the values. */
import { expect, inject, onTestFinished, test } from 'vitest';

import { openPool } from '../../../server/store/pool.ts';
import type { SlowStatement } from '../../../server/store/slow-statements.ts';

function openWatched(fromMs: number) {
  const told: SlowStatement[] = [];
  const pool = openPool({
    url: inject('postgres').url,
    slow: { fromMs, tell: (slow) => void told.push(slow) },
  });
  onTestFinished(() => pool.end());
  return { pool, told };
}

test('by the pool, by a connection, and where it fails', async () => {
  const { pool, told } = openWatched(0);
  expect((await pool.query('select $1::text as canary', ['secret'])).rows).toEqual([{ canary: 'secret' }]);
  const client = await pool.connect();
  await client.query({ text: 'select\n  $1::int as canary', values: [4711] });
  await expect(client.query('select $1::int', ['secret'])).rejects.toThrow('invalid input');
  client.release();
  expect(told.map(({ statement }) => statement)).toEqual([
    'select $1::text as canary',
    'select $1::int as canary',
    'select $1::int',
  ]);
  expect(JSON.stringify(told)).not.toMatch(/secret|4711/);
});

test('only from the limit on', async () => {
  const { pool, told } = openWatched(3_600_000);
  await pool.query('select 1');
  expect(told).toEqual([]);
});
