/** What a select gives by binary COPY, and that the connection is free afterwards. */
import type { Duplex } from 'node:stream';

import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';

import { eachCopiedRow } from '../../../server/store/binary-copy.ts';
import { LendingSocket } from '../../../server/store/lending-socket.ts';

/** As the server's pool connects. */
async function connect(): Promise<Client> {
  const client = new Client({
    connectionString: inject('postgres').url,
    stream: () => new LendingSocket(),
  });
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
  await eachCopiedRow(client, select, ({ bytes, starts, ends }) => {
    const content = ends[1]! < starts[1]! ? null : bytes.subarray(starts[1], ends[1]);
    rows.push([bytes.readInt32BE(starts[0]), content && content.filter((byte) => byte === 0xab).length]);
  });
  expect(rows).toEqual([[1, 100_000], [2, null], [3, 300_000], [4, 400_000]]); // prettier-ignore
  expect(await isFree(client)).toBe(42);
});

test('no row is told twice or left out, wherever the pieces of the answer end', async () => {
  const client = await connect();
  let [rows, sum] = [0, 0];
  await eachCopiedRow(client, 'select n from generate_series(1, 300000) as n', ({ bytes, starts }) => {
    rows += 1;
    sum += bytes.readInt32BE(starts[0]);
  });
  expect({ rows, sum }).toEqual({ rows: 300_000, sum: (300_000 * 300_001) / 2 });
});

/** Cuts what comes from the server into pieces of some bytes. */
function cutPieces({ stream }: { stream: Duplex }): void {
  const emit = stream.emit.bind(stream);
  let size = 0;
  stream.emit = (event: string | symbol, ...args: unknown[]) => {
    const [piece] = args;
    if (event !== 'data' || !Buffer.isBuffer(piece)) return emit(event, ...args);
    for (let at = 0; at < piece.length; at += size) {
      size = (size % 11) + 1;
      emit('data', piece.subarray(at, at + size));
    }
    return true;
  };
}

test('nor however small the pieces are, what follows included', async () => {
  const client = await connect();
  cutPieces((client as Client & { connection: { stream: Duplex } }).connection);
  for (const rows of [0, 1, 500]) {
    let sum = 0;
    await eachCopiedRow(client, `select n from generate_series(1, ${rows}) as n`, ({ bytes, starts }) => {
      sum += bytes.readInt32BE(starts[0]);
    });
    expect(sum).toBe((rows * (rows + 1)) / 2);
    expect(await isFree(client)).toBe(42);
  }
  const failing = eachCopiedRow(client, 'select 1 / (10 - n) from generate_series(1, 20) as n', () => {});
  await expect(failing).rejects.toThrow('division by zero');
  expect(await isFree(client)).toBe(42);
});

test('a connection that breaks is told', async () => {
  const client = new Client(inject('postgres').url);
  await client.connect();
  client.on('error', () => {});
  const reading = eachCopiedRow(client, 'select pg_sleep(60)', () => {});
  const { stream } = (client as Client & { connection: { stream: Duplex } }).connection;
  stream.destroy();
  await expect(reading).rejects.toThrow('terminated');
});

test('a reader that fails leaves the connection free', async () => {
  const client = await connect();
  const failing = eachCopiedRow(client, 'select n from generate_series(1, 300000) as n', () => {
    throw new Error('not this one');
  });
  await expect(failing).rejects.toThrow('not this one');
  expect(await isFree(client)).toBe(42);
});

test('a select that fails half way is told, and leaves the connection free', async () => {
  const client = await connect();
  const reading = eachCopiedRow(client, 'select 1 / (1000 - n) from generate_series(1, 2000) as n', () => {});
  await expect(reading).rejects.toThrow('division by zero');
  expect(await isFree(client)).toBe(42);
});
