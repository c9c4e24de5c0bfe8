/** The schema: what it is after all migrations, and how it gets there. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';
import { afterEach, describe, expect, inject, test } from 'vitest';

import { migrate } from '../../server/store/migrate.ts';
import { type TestDatabase, createTestDatabase } from '../helpers/postgres.ts';
import { readSchemaText } from '../helpers/schema-text.ts';

const databases: TestDatabase[] = [];
async function openDatabase(options?: { empty: boolean }): Promise<string> {
  const database = await createTestDatabase(inject('postgres'), options);
  databases.push(database);
  return database.url;
}
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
});

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

// After a new migration: `npx vitest run test/contract/server-schema.test.ts -u` writes the file anew.
test('schema.sql is what the migrations make', async () => {
  // Each major version of PostgreSQL prints its catalogue differently, and Citus adds to it: ours is compared.
  if (inject('postgres').dataFolder === null) return;
  await expect(await readSchemaText(await openDatabase())).toMatchFileSnapshot('../../migrations/schema.sql');
});

describe('migrations', () => {
  test('several servers that start at once migrate once', async () => {
    const url = await openDatabase({ empty: true });
    const reports = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(reports.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    expect((await migrate(url)).applied).toEqual([]);
  });

  test('a dry run says what would be done and does nothing', async () => {
    const url = await openDatabase({ empty: true });
    const { applied } = await migrate(url, { dryRun: true });
    expect(applied[0]).toBe('000001-records.sql');
    expect(await query(url, `select from pg_tables where schemaname = 'public'`)).toEqual([]);
    expect((await migrate(url)).applied).toEqual(applied);
  });

  test('a migration that is killed half way leaves nothing behind, and the next one does it all', async () => {
    const url = await openDatabase({ empty: true });
    const script = `
      import { migrate } from ${JSON.stringify(join(import.meta.dirname, '../../server/store/migrate.ts'))};
      import { Client } from 'pg';
      const query = Client.prototype.query;
      Client.prototype.query = function (...args) {
        if (String(args[0]).includes('create table facets')) process.kill(process.pid, 'SIGKILL');
        return query.apply(this, args);
      };
      await migrate(${JSON.stringify(url)});`;
    await expect(
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        cwd: join(import.meta.dirname, '../..'),
      }),
    ).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect((await migrate(url)).applied.length).toBeGreaterThan(1);
  });

  test('a file that was changed after it was applied is refused', async () => {
    const url = await openDatabase();
    await query(url, `update roost_schema_version set md5 = 'other' where version = 1`);
    await expect(migrate(url)).rejects.toThrow(/checksum/i);
  });

  test('a database newer than the server is refused', async () => {
    const url = await openDatabase();
    await query(url, `insert into roost_schema_version (version, name) values (999999, 'future')`);
    await expect(migrate(url)).rejects.toThrow('newer than this server');
  });
});
