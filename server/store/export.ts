/** Stored records, row by row through a cursor, for files that may be larger than memory. */
import type pg from 'pg';

import { readByCursor } from './cursor.ts';
import { withClient } from './pool.ts';
import { rowsInRange } from './stats/raw-rows.ts';
import type { StatsQuery } from './stats/query.ts';

/** Columns of the views in the order of the file: users and sessions are hashes there. */
export const EXPORTED_COLUMNS = {
  events: [
    'timestamp',
    'event',
    'user_hash',
    'session_hash',
    'event_id',
    'app_version',
    'platform',
    'country',
    'environment',
    'properties',
    'created_at',
  ],
  crashes: [
    'timestamp',
    'crash_type',
    'title',
    'fingerprint',
    'user_hash',
    'session_hash',
    'event_id',
    'app_version',
    'os_version',
    'platform',
    'country',
    'environment',
    'error_message',
    'stack_trace',
    'context',
    'created_at',
  ],
} as const;

export type ExportedTable = keyof typeof EXPORTED_COLUMNS;

/** Held in memory at a time. A crash may have 100 KiB, an event has 300 bytes. */
const ROWS_PER_FETCH: Record<ExportedTable, number> = { events: 500, crashes: 50 };
const JSON_COLUMNS: ReadonlySet<string> = new Set(['properties', 'context']);

/** A record, its fields in the order of `EXPORTED_COLUMNS`. */
export type ExportedRow = unknown[];

/**
 * Gives the records that match to `consume`, in the order in which they are stored. On a connection of its own: a
 * download may take longer than any statement of the pool, and takes no place in it. Where `signal` is aborted, the
 * database stops looking. A reader who takes nothing for two minutes is given up.
 */
export async function exportRecords(
  pool: pg.Pool,
  table: ExportedTable,
  query: StatsQuery,
  {
    consume,
    signal,
  }: { consume: (batches: AsyncIterable<ExportedRow[]>) => Promise<void>; signal: AbortSignal },
): Promise<void> {
  const { sql, values } = rowsInRange(query);
  // JSON stays the text that it is: parsing it only to write it again would take longer than all the rest.
  const columns = EXPORTED_COLUMNS[table].map((name) => (JSON_COLUMNS.has(name) ? `${name}::text` : name));
  const url = pool.options.connectionString!;
  await withClient(url, { statementTimeoutMs: 0 }, async (client) => {
    await client.query(
      `begin read only; set local jit = off; set local idle_in_transaction_session_timeout = '2min'`,
    );
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const cancel = (): void =>
      void pool.query('select pg_cancel_backend($1::int)', [rows[0]!.pid]).catch(() => {});
    signal.addEventListener('abort', cancel, { once: true });
    try {
      signal.throwIfAborted();
      await consume(
        readByCursor<ExportedRow>(client, {
          text: `select ${columns.join(', ')} from v_${table} where ${sql}`,
          values,
          count: ROWS_PER_FETCH[table],
          rowMode: 'array',
        }),
      );
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  });
}
