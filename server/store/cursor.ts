/** Reads more rows than fit into memory. */
import type pg from 'pg';

/**
 * Runs a query by a cursor and gives its rows in batches of at most `count`. `client` must be in a transaction. Each
 * batch is a plain statement: unlike a stream over the protocol's portals it fails at once with its connection.
 */
export async function* readByCursor<R extends unknown[] | pg.QueryResultRow>(
  client: pg.ClientBase,
  { text, values, count, rowMode }: { text: string; values: unknown[]; count: number; rowMode?: 'array' },
): AsyncGenerator<R[], void> {
  await client.query(`declare reader no scroll cursor for ${text}`, values);
  for (;;) {
    const { rows } = await client.query({ text: `fetch ${count} from reader`, ...(rowMode && { rowMode }) });
    if (rows.length === 0) break;
    yield rows as R[];
  }
  await client.query('close reader');
}
