/**
 * Brings a database to the newest schema: the numbered files of `migrations/`, in one transaction under a lock.
 * A kill leaves the database as it was; of several servers that start at once, one works and the others wait.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type pg from 'pg';
import Postgrator from 'postgrator';

import { withClient } from './pool.ts';

/** Any number will do, as long as every server takes the same. */
const MIGRATION_LOCK = 7_605_001;

export interface MigrationReport {
  /** Names of the files that were applied, or would be with `dryRun`. */
  applied: string[];
  version: number;
}

/** Throws where an applied file was changed afterwards, or the database is newer than the files. */
export function migrate(url: string, { dryRun = false } = {}): Promise<MigrationReport> {
  return withClient(url, { statementTimeoutMs: 0 }, async (client) => {
    await client.query('begin');
    try {
      await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      const report = await applyMissing(client);
      await client.query(dryRun ? 'rollback' : 'commit');
      return report;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
  });
}

async function applyMissing(client: pg.Client): Promise<MigrationReport> {
  const runner = new NumberedFiles({
    driver: 'pg',
    schemaTable: 'roost_schema_version',
    execQuery: (query) => client.query(query),
  });
  await runner.getMigrations();
  const known = await runner.getDatabaseVersion();
  const newest = await runner.getMaxVersion();
  if (known > newest) {
    throw new Error(
      `the database has schema ${known}, newer than this server's ${newest}: update the server`,
    );
  }
  const applied = await runner.migrate();
  return { applied: applied.map(({ filename }) => filename), version: newest };
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
