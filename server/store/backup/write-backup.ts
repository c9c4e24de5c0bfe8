/** `roost-server backup FILE`: everything in the database, as of one moment, while the server goes on. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';

import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

import { VERSION } from '../../version.ts';
import { SCHEMA_TABLE } from '../migrate.ts';
import { withClient } from '../pool.ts';
import {
  END_OF_ROWS,
  FORMAT,
  HEADER,
  TRAILER,
  BackupError,
  type BackupHeader,
  type TableColumns,
  type TableSum,
  copyLine,
} from './format.ts';
import { listTables } from './tables.ts';

export interface BackupReport extends BackupHeader {
  /** Rows by table. */
  rows: Record<string, number>;
}

/**
 * Writes to `FILE.partial` and renames it once it is on the disk: there is never half a backup under the name, and
 * an older one stays until then. The file may be read by its owner alone.
 */
export function writeBackup(url: string, file: string): Promise<BackupReport> {
  return withClient(url, { statementTimeoutMs: 0 }, async (client) => {
    // One snapshot for all tables; commits of others go on meanwhile and are not seen.
    await client.query('begin isolation level repeatable read, read only');
    const header = await makeHeader(client);
    const sums: Record<string, TableSum> = {};
    const partial = `${file}.partial`;
    try {
      await pipeline(
        Readable.from(backupText(client, header, sums), { objectMode: false }),
        createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
        createWriteStream(partial, { mode: 0o600, flush: true }),
      );
      await rename(partial, file);
    } catch (error) {
      await rm(partial, { force: true });
      throw isFileError(error) ? new BackupError(`cannot write ${file}: ${error.message}`) : error;
    }
    const rows = Object.fromEntries(Object.entries(sums).map(([table, sum]) => [table, sum.rows]));
    return { ...header, rows };
  });
}

/** A full disk, a missing folder. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

async function makeHeader(client: pg.ClientBase): Promise<BackupHeader> {
  const made = await client.query('select where to_regclass($1) is not null', [SCHEMA_TABLE]);
  if (made.rowCount === 0) throw new BackupError('the database has no tables of Roost: nothing to back up');
  const { rows } = await client.query<{ schema: number; now: Date }>(
    `select max(version)::int as schema, now() as now from ${SCHEMA_TABLE}`,
  );
  const { schema, now } = rows[0]!;
  return { format: FORMAT, schema, server: VERSION, created_at: now.toISOString() };
}

async function* backupText(
  client: pg.ClientBase,
  header: BackupHeader,
  sums: Record<string, TableSum>,
): AsyncGenerator<string | Buffer> {
  yield `${HEADER}${JSON.stringify(header)}\n`;
  for (const table of await listTables(client)) {
    yield copyLine(table);
    sums[table.table] = yield* rowsOf(client, table);
    yield END_OF_ROWS;
  }
  yield `${TRAILER}${JSON.stringify({ tables: sums })}\n`;
}

async function* rowsOf(
  client: pg.ClientBase,
  { table, columns }: TableColumns,
): AsyncGenerator<Buffer, TableSum> {
  // A select, as `copy` of a table itself would leave out what other nodes of a cluster hold.
  const copy = client.query(copyTo(`copy (select ${columns.join(', ')} from ${table}) to stdout`));
  const hash = createHash('sha256');
  for await (const chunk of copy as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  return { rows: copy.rowCount, sha256: hash.digest('hex') };
}
