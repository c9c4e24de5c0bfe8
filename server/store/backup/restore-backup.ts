/** `roost-server restore FILE`: all of a backup, or nothing of it. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { migrate, newestSchema } from '../migrate.ts';
import { withClient } from '../pool.ts';
import { lockRollups } from '../rollups/marks.ts';
import { deleteUser } from '../users.ts';
import { BackupError, type BackupHeader, copyLine } from './format.ts';
import { readBackup, readHeader } from './read-backup.ts';
import { continueSequences, listTables } from './tables.ts';

export interface RestoreReport extends BackupHeader {
  /** Rows by table, as in the backup. */
  rows: Record<string, number>;
  /** Users of the backup who asked to be erased after it was made: gone again. */
  erasedAgain: number;
}

/** Reads the whole file, without any database. */
export async function checkBackup(file: string): Promise<BackupHeader & Pick<RestoreReport, 'rows'>> {
  let header: BackupHeader | undefined;
  const rows = await readBackup(file, {
    begin: async (given) => {
      header = given;
    },
    table: async (_table, chunks) => {
      for await (const chunk of chunks) void chunk;
    },
  });
  return { ...header!, rows };
}

/**
 * Takes a backup into a database without records, in one transaction, then brings its schema up to date. Tombstones
 * that the database holds are kept, and applied to what comes back. With `replace` what the database held is
 * removed first, tombstones apart.
 */
export async function restoreBackup(
  url: string,
  file: string,
  { replace = false } = {},
): Promise<RestoreReport> {
  const { schema } = await readHeader(file);
  await prepareSchema(url, schema);
  const report = await withClient(url, { statementTimeoutMs: 0 }, async (client) => {
    await client.query('begin');
    try {
      const done = await restoreInTransaction(client, file, replace);
      await client.query('commit');
      return done;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
  });
  await migrate(url);
  await withClient(url, { statementTimeoutMs: 0 }, (client) => client.query('analyze'));
  return report;
}

/** The schema of the backup, so that its rows fit; the way to a newer one is then the same as of any database. */
async function prepareSchema(url: string, schema: number): Promise<void> {
  const newest = await newestSchema();
  if (schema > newest) {
    throw new BackupError(
      `the backup has schema ${schema}, newer than this server's ${newest}: update the server`,
    );
  }
  const { version } = await migrate(url, { to: schema });
  if (version !== schema) {
    throw new BackupError(
      `the database has schema ${version} already, the backup is older (${schema}): restore into a new, empty database`,
    );
  }
}

async function restoreInTransaction(
  client: pg.ClientBase,
  file: string,
  replace: boolean,
): Promise<RestoreReport> {
  await lockRollups(client);
  const tables = (await listTables(client)).map(({ table }) => table);
  await client.query(`lock table ${tables.join(', ')} in access exclusive mode`);
  if (!replace) await refuseRecords(client);
  await client.query('create temporary table kept_tombstones on commit drop as select * from erased_users');
  await client.query(`truncate ${tables.join(', ')}`);

  let header: BackupHeader | undefined;
  const rows = await readBackup(file, {
    begin: async (given) => {
      header = given;
    },
    table: async (table, chunks) => {
      const copy = client.query(copyFrom(copyLine(table).replace(';\n', '')));
      await pipeline(Readable.from(chunks, { objectMode: false }), copy);
    },
  });
  await continueSequences(client);
  return { ...header!, rows, erasedAgain: await eraseAgain(client) };
}

async function refuseRecords(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ used: boolean }>(
    `select exists (select 1 from events) or exists (select 1 from crashes) or exists (select 1 from user_stats) as used`,
  );
  if (rows[0]!.used) {
    throw new BackupError(
      'the database holds records already: restore into an empty one, or give --replace to remove them first',
    );
  }
}

/** Who was erased in this database must not come back with a backup that was made before. */
async function eraseAgain(client: pg.ClientBase): Promise<number> {
  await client.query(
    'insert into erased_users select * from kept_tombstones on conflict (user_hash) do nothing',
  );
  const users = new Set<string>();
  for (const table of ['events', 'crashes', 'client_dropped']) {
    const { rows } = await client.query<{ user_id: string }>(
      `select distinct user_id
       from ${table}
       join erased_users on user_hash = sha256(convert_to(user_id::text, 'UTF8'))`,
    );
    for (const { user_id: userId } of rows) users.add(userId);
  }
  for (const userId of users) await deleteUser(client, userId);
  return users.size;
}
