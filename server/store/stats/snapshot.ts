/** One consistent view of the database for all statements of an answer. */
import type pg from 'pg';
import { escapeLiteral } from 'pg';

/**
 * Runs `read` in a read-only transaction that sees nothing of what is committed meanwhile. Hashes of users may
 * take some memory; compiling these statements would cost more time than it saves. `snapshotId`, as
 * `pg_export_snapshot` tells it, takes over the view of a transaction that is still open (default: a view of its own).
 */
export async function inSnapshot<T>(
  pool: pg.Pool,
  read: (client: pg.PoolClient) => Promise<T>,
  snapshotId?: string,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(
      `begin isolation level repeatable read read only;
       ${snapshotId === undefined ? '' : `set transaction snapshot ${escapeLiteral(snapshotId)};`}
       set local jit = off; set local work_mem = '32MB'`,
    );
    const result = await read(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** No worker processes for the rest of the transaction. */
export async function useOneProcess(client: pg.ClientBase): Promise<void> {
  await client.query('set local max_parallel_workers_per_gather = 0');
}

/**
 * What each of `readers` reads, in the view of `client`'s transaction: two at a time, the second on another connection
 * that takes over the view, where the pool has one to spare. Those that take longest are best first. Rejects where one of
 * them does.
 */
export async function readTogether<T extends readonly unknown[]>(
  pool: pg.Pool,
  client: pg.ClientBase,
  readers: { readonly [Index in keyof T]: (client: pg.ClientBase) => Promise<T[Index]> },
): Promise<T> {
  const results: unknown[] = [];
  const waiting = [...readers.entries()];
  const read = async (own: pg.ClientBase): Promise<void> => {
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await next[1](own);
    } finally {
      // Where one fails there is no answer, so that the others need not be asked.
      waiting.length = 0;
    }
  };
  if (!hasOneToSpare(pool)) {
    await read(client);
    return results as unknown as T;
  }
  // Two connections keep two cores busy, and the others are there for those who send.
  await useOneProcess(client);
  const { rows } = await client.query<{ id: string }>('select pg_export_snapshot() as id');
  let hasSecond = false;
  const second = inSnapshot(
    pool,
    async (own) => {
      hasSecond = true;
      await useOneProcess(own);
      await read(own);
    },
    rows[0]!.id,
  );
  // Where no second connection can be had, the first one does it all. It is not waited for either.
  second.catch(() => {});
  const first = read(client);
  await Promise.allSettled([first]);
  if (hasSecond) await second;
  await first;
  return results as unknown as T;
}

/** With the second one, half of the connections are left to those who need one at all. */
function hasOneToSpare({ totalCount, idleCount, options }: pg.Pool): boolean {
  return (totalCount - idleCount) * 2 < options.max;
}
