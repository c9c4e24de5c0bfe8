/** Readers of one answer share a view of the database, also where they are on two connections. */
import type { ClientBase, Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';

import { openPool } from '../../../../server/store/pool.ts';
import { inSnapshot, readTogether } from '../../../../server/store/stats/snapshot.ts';
import { type TestDatabase, createTestDatabase } from '../../../helpers/postgres.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgres'), { empty: true });
  pool = openPool({ url: database.url, connections: 4 });
  await pool.query('create table seen (value int)');
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});
beforeEach(() => pool.query('truncate seen'));

const count = async (client: ClientBase | Pool): Promise<number> =>
  (await client.query<{ rows: number }>('select count(*)::int as rows from seen')).rows[0]!.rows;
const backend = async (client: ClientBase): Promise<number> =>
  (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;

/** Resolves when `parties` callers wait in it. */
function meeting(parties: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  return () => {
    parties -= 1;
    if (parties === 0) resolve();
    return promise;
  };
}

test('two readers at the same time see what the first of them saw', async () => {
  await pool.query('insert into seen values (1)');
  const meet = meeting(2);
  const read = async (client: ClientBase) => {
    await meet();
    return [await backend(client), await count(client)] as const;
  };
  const results = await inSnapshot(pool, async (client) => {
    expect(await count(client)).toBe(1);
    await pool.query('insert into seen values (2)');
    return readTogether(pool, client, [read, read, count]);
  });
  const [[firstBackend, first], [secondBackend, second], third] = results;
  expect([first, second, third]).toEqual([1, 1, 1]);
  expect(firstBackend).not.toBe(secondBackend);
  expect(await count(pool)).toBe(2);
});

test('one connection reads it all where the pool has none to spare', async () => {
  const held = await Promise.all([pool.connect(), pool.connect()]);
  const backends = await inSnapshot(pool, (client) =>
    readTogether(pool, client, [backend, backend, backend]),
  ).finally(() => held.forEach((client) => client.release()));
  expect(new Set(backends).size).toBe(1);
});

test.each(['first', 'second'])(
  'where the %s reader fails there is no answer, and no connection is held',
  async (which) => {
    const meet = meeting(2);
    const reader = (statement: string) => async (client: ClientBase) => {
      await meet();
      return client.query(statement);
    };
    const [fine, failing] = [reader('select 1'), reader('select 1 / 0')];
    const readers = which === 'first' ? [failing, fine] : [fine, failing];
    const answer = inSnapshot(pool, (client) => readTogether(pool, client, readers));
    await expect(answer).rejects.toThrow('division by zero');
    expect(pool.idleCount).toBe(pool.totalCount);
  },
);
