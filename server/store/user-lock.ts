/**
 * Keeps apart, for one user, what must not happen at the same moment. Adding events shares the lock; adding
 * crashes (events and crashes share one id space over two tables) and erasing take it alone.
 *
 * Users share 256 advisory locks, so that a transaction never holds more, however many users it brings. They
 * are taken in ascending order, so that no two transactions wait for each other.
 */
import type pg from 'pg';

const LOCK_SPACE = 7_605_002;

export function lockOf(userId: string): number {
  return Number.parseInt(userId.slice(-2), 16);
}

/** The statement that takes the locks of these users until the transaction ends. Holds nothing but numbers. */
export function lockUsersSql(userIds: Iterable<string>, mode: 'shared' | 'exclusive'): string {
  const locks = [...new Set([...userIds].map((userId) => lockOf(userId)))].sort((a, b) => a - b);
  const take = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `select ${take}(${LOCK_SPACE}, user_lock) from unnest(array[${locks.join(',')}]::int[]) user_lock`;
}

export async function lockUser(client: pg.ClientBase, userId: string): Promise<void> {
  await client.query(lockUsersSql([userId], 'exclusive'));
}
