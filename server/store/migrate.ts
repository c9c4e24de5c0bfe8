/**
 * Brings a database to the newest schema: the numbered files of `migrations/`, in one transaction under a lock.
 * A kill leaves the database as it was; of several servers that start at once, one works and the others wait.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type pg from 'pg';
import Postgrator from 'postgrator';

import { isSpread, spreadOverCitus } from './citus.ts';
import { withClient } from './pool.ts';
import { splitStatements } from './sql-statements.ts';

/** Any number will do, as long as every server takes the same. */
const MIGRATION_LOCK = 7_605_001;
/** Holds a row for each version that was applied. */
export const SCHEMA_TABLE = 'roost_schema_version';

/** A newer release has been at this database. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
}

export interface MigrationReport {
  /** Names of the files that were applied, or would be with `dryRun`. */
  applied: string[];
  version: number;
}

export interface MigrationOptions {
  /** Say what would be done, and do nothing. */
  dryRun?: boolean;
  /** Stop at this version, to take in an older backup. Default: the newest. */
  to?: number;
}

/** Throws where an applied file was changed afterwards, or the database is newer than the files. */
export function migrate(
  url: string,
  { dryRun = false, to }: MigrationOptions = {},
): Promise<MigrationReport> {
  return withClient(url, { statementTimeoutMs: 0 }, async (client) => {
    await client.query('begin');
    try {
      await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      const spread = await isSpread(client);
      // Changes of tables and functions and the filling of new tables in one transaction need this there.
      if (spread) await client.query(`set local citus.multi_shard_modify_mode = 'sequential'`);
      const report = await applyMissing(client, to);
      await client.query(dryRun ? 'rollback' : 'commit');
      // Where tables are spread, those that are new are too.
      if (spread && !dryRun && report.applied.length > 0) await spreadOverCitus(url);
      return report;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
  });
}

async function applyMissing(client: pg.Client, to: number | undefined): Promise<MigrationReport> {
  const runner = new NumberedFiles({
    driver: 'pg',
    schemaTable: SCHEMA_TABLE,
    execQuery: (query) => runScript(client, query),
  });
  await runner.getMigrations();
  const known = await runner.getDatabaseVersion();
  const newest = await runner.getMaxVersion();
  if (known > newest) {
    throw new SchemaTooNewError(
      `the database has schema ${known}, newer than this server's ${newest}: update the server`,
    );
  }
  const target = Math.max(known, to ?? newest);
  const applied = await runner.migrate(String(target));
  return { applied: applied.map(({ filename }) => filename), version: target };
}

/** One statement at a time: Citus sends the whole text of a change to the other nodes, which take one at a time. */
async function runScript(client: pg.Client, script: string): Promise<pg.QueryResult> {
  const [first = '', ...others] = splitStatements(script);
  let result = await client.query(first);
  for (const statement of others) result = await client.query(statement);
  return result;
}

/** Of the schema that this server's files make. */
export async function newestSchema(): Promise<number> {
  const files = await new NumberedFiles({ driver: 'pg', schemaTable: SCHEMA_TABLE }).getMigrations();
  return Math.max(...files.map(({ version }) => version));
}

/** Takes files named `000001-records.sql`. There is no way back but a backup, so there are no undo files. */
class NumberedFiles extends Postgrator {
  declare migrations: Postgrator.Migration[];

  override getMigrations(): Promise<Postgrator.Migration[]> {
    const folder = migrationsFolder();
    this.migrations = globSync('[0-9]*-*.sql', { cwd: folder }).map((filename) => {
      // The checksum is the same where git checks out CRLF.
      const sql = readFileSync(join(folder, filename), 'utf8').replaceAll('\r\n', '\n');
      return {
        version: Number(filename.split('-', 1)[0]),
        action: 'do' as const,
        filename,
        name: filename.slice(filename.indexOf('-') + 1, -'.sql'.length),
        md5: createHash('md5').update(sql).digest('hex'),
        getSql: () => sql,
      };
    });
    return Promise.resolve(this.migrations);
  }
}

/** Beside the sources, or beside the built server. */
function migrationsFolder(): string {
  const candidates = [join(import.meta.dirname, '../../migrations'), join(import.meta.dirname, 'migrations')];
  const found = candidates.find((folder) => existsSync(folder));
  if (found === undefined) throw new Error('the folder migrations is missing from this installation');
  return found;
}
