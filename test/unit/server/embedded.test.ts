/** The embedded PostgreSQL: made, found again after a kill, never twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';

import { openDatabase } from '../../../server/database.ts';
import { type EmbeddedCluster, startCluster } from '../../../server/embedded/cluster.ts';
import { migrate } from '../../../server/store/migrate.ts';
import { openPool } from '../../../server/store/pool.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const SLOW = { timeout: 60_000 };
const OPTIONS = { settings: { fsync: 'off', shared_buffers: '16MB' }, unsafe: true };

async function ask(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows[0]!;
  } finally {
    await client.end();
  }
}

async function killPostgres(cluster: EmbeddedCluster): Promise<void> {
  const pid = Number(readFileSync(join(cluster.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(cluster.isRunning()).toBe(false), { timeout: 20_000 });
}

test(
  'is UTF-8 in the C locale and UTC, whatever the environment says, and keeps its data over a kill',
  SLOW,
  async () => {
    const dataDir = tempDir();
    process.env.LC_ALL = 'de_DE.ISO-8859-1';
    process.env.PGOPTIONS = '-c timezone=Asia/Tokyo';
    onTestFinished(() => {
      delete process.env.LC_ALL;
      delete process.env.PGOPTIONS;
    });
    const first = await startCluster({ dataDir, ...OPTIONS });
    onTestFinished(() => first.stop());
    delete process.env.PGOPTIONS;
    expect(
      await ask(
        first.url,
        `select current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone,
         (select datcollate from pg_database where datname = 'template0') as locale`,
      ),
    ).toEqual({ encoding: 'UTF8', zone: 'UTC', locale: 'C' });
    await ask(first.url, 'create table kept as select 7 as value');

    // A second start finds it running and takes it over.
    const second = await startCluster({ dataDir, ...OPTIONS });
    expect(second.url).toBe(first.url);

    await killPostgres(first);
    const third = await startCluster({ dataDir, ...OPTIONS });
    expect(await ask(third.url, 'select value from kept')).toEqual({ value: 7 });

    await killPostgres(first);
    await third.revive();
    expect(await ask(third.url, 'select value from kept')).toEqual({ value: 7 });
    await third.stop();

    // What a kill leaves in a container: a lock file whose process id now belongs to another program.
    writeFileSync(
      join(first.folder, 'postmaster.pid'),
      `${process.pid}\n${first.folder}\n1\n5432\n\n127.0.0.1\n\nready\n`,
    );
    const fourth = await startCluster({ dataDir, ...OPTIONS });
    expect(await ask(fourth.url, 'select value from kept')).toEqual({ value: 7 });
    await fourth.stop();
  },
);

test('two servers on one data folder share it, and the last one stops it', SLOW, async () => {
  const settings = { databaseUrl: null, dataDir: tempDir() };
  const databases = await Promise.all([openDatabase(settings), openDatabase(settings)]);
  onTestFinished(() => databases[0].close());
  expect(databases[0].url).toBe(databases[1].url);
  await migrate(databases[0].url);
  const pool = openPool({ url: databases[1].url });
  await pool.query('select 1');
  await databases[0].close();
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
  await databases[1].close();
  await expect(ask(databases[1].url, 'select 1')).rejects.toThrow();
});

test('connections that are just ending do not keep it running', SLOW, async () => {
  const database = await openDatabase({ databaseUrl: null, dataDir: tempDir() });
  onTestFinished(() => database.close());
  const pool = openPool({ url: database.url });
  await pool.query('select 1');
  const closing = database.close();
  await pool.end();
  await closing;
  await expect(ask(database.url, 'select 1')).rejects.toThrow();
});

test('a server that is told to end during its start leaves none behind', SLOW, async () => {
  const dataDir = tempDir();
  const lock = join(dataDir, 'postgres', 'postmaster.pid');
  const server = spawn(process.execPath, ['server/main.ts', 'serve'], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' },
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  onTestFinished(() => void server.kill('SIGKILL'));
  await vi.waitFor(() => expect(existsSync(lock)).toBe(true), { timeout: 30_000, interval: 10 });
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(existsSync(lock)).toBe(false);
});
