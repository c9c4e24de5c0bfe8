/** What a select gives by binary COPY, and that the connection is free afterwards. */
import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';

import { copyRows } from '../../../server/store/binary-copy.ts';

async function connect(): Promise<Client> {
  const client = new Client(inject('postgres').url);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const isFree = async (client: Client): Promise<unknown> =>
  (await client.query<{ answer: number }>('select 42 as answer')).rows[0]?.answer;

test('rows come column by column, whatever their size', async () => {
  const client = await connect();
  const rows: [number, number | null][] = [];
  const select = `
    select n, case when n = 2 then null else decode(repeat('ab', n * 100000), 'hex') end
    from generate_series(1, 4) as n`;
  for await (const [number, bytes] of copyRows(client, select)) {
    rows.push([number!.readInt32BE(), bytes ? bytes.filter((byte) => byte === 0xab).length : null]);
  }
  expect(rows).toEqual([[1, 100_000], [2, null], [3, 300_000], [4, 400_000]]); // prettier-ignore
  expect(await isFree(client)).toBe(42);
});

test('a reader that stops early leaves the connection free', async () => {
  const client = await connect();
  for await (const [number] of copyRows(client, 'select n from generate_series(1, 300000) as n')) {
    if (number!.readInt32BE() === 3) break;
  }
  expect(await isFree(client)).toBe(42);
});

test('a select that fails half way is told, and leaves the connection free', async () => {
  const client = await connect();
  const read = async (): Promise<void> => {
    for await (const _ of copyRows(client, 'select 1 / (1000 - n) from generate_series(1, 2000) as n'));
  };
  await expect(read()).rejects.toThrow('division by zero');
  expect(await isFree(client)).toBe(42);
});
