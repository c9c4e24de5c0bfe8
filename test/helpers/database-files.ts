/** The files of a test's database as PostgreSQL keeps them: tables, write-ahead log, its own log. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type pg from 'pg';

/** Everything is written to the files first. Each file as Latin-1, one character a byte. */
export async function* readDatabaseFiles(
  pool: pg.Pool,
  dataFolder: string,
): AsyncGenerator<{ path: string; content: string }> {
  await pool.query('checkpoint');
  const database = await pool.query<{ oid: number }>(
    'select oid::int from pg_database where datname = current_database()',
  );
  const folders = `{base/${database.rows[0]!.oid},pg_wal,log}/**`;
  for (const file of globSync(folders, { cwd: dataFolder, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const content = readIfThere(path);
    if (content !== null) yield { path, content };
  }
}

/** Null where PostgreSQL removed it meanwhile, as it does with its caches and old logs. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
