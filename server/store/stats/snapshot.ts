/** One consistent view of the database for all statements of an answer. */
import type pg from 'pg';

/**
 * Runs `read` in a read-only transaction that sees nothing of what is committed meanwhile. Hashes of users may
 * take some memory; compiling these statements would cost more time than it saves.
 */
export async function inSnapshot<T>(pool: pg.Pool, read: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(
      `begin isolation level repeatable read read only; set local jit = off; set local work_mem = '32MB'`,
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
