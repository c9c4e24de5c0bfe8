/** The lock that keeps apart what must not happen to one user at the same moment: see `migrations/000001-records.sql`. */
import type pg from 'pg';

/** The same number as in the functions of the migration. */
const LOCK_SPACE = 7_605_002;

/** The locks of these users, of 256, in ascending order. */
export function locksOf(userIds: Iterable<string>): number[] {
  const locks = new Set<number>();
  for (const userId of userIds) locks.add(Number.parseInt(userId.slice(-2), 16));
  return [...locks].sort((a, b) => a - b);
}

/** Takes a user's lock alone, until the transaction ends. */
export async function lockUser(client: pg.ClientBase, userId: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, locksOf([userId])[0]]);
}
