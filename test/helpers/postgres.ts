/**
 * A real PostgreSQL for tests: one embedded cluster a run, or the one that `TEST_DATABASE_URL` names, which may be
 * the coordinator of a Citus cluster. Each caller gets a database of its own, copied from a migrated template.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { startCluster } from '../../server/embedded/cluster.ts';
import { migrate } from '../../server/store/migrate.ts';
import { createDatabase } from '../../server/store/pool.ts';
import { citusNodes, createOnNodes, createSpread, dropOnNodes } from './citus.ts';

export interface TestPostgres {
  /** To the maintenance database. */
  url: string;
  /** Name of the migrated database to copy. */
  template: string;
  /** Its files; null where it is not ours. */
  dataFolder: string | null;
  stop(): Promise<void>;
}

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Nothing here has to survive a power cut. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '64MB',
};

/** Called once a run, by `global-setup.ts`. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const template = `roost_template_${randomBytes(4).toString('hex')}`;
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    const plain = (await citusNodes(given)).length === 0;
    if (plain) await makeTemplate(given, template);
    const stop = (): Promise<void> => (plain ? dropDatabase(given, template) : Promise.resolve());
    return { url: given, template, dataFolder: null, stop };
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'roost-test-postgres-'));
  const cluster = await startCluster({ dataDir, settings: FAST, unsafe: true });
  const stop = async (): Promise<void> => {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await makeTemplate(cluster.url, template);
  } catch (error) {
    await stop(); // a broken migration must not leave a database running
    throw error;
  }
  return { url: cluster.url, template, dataFolder: cluster.folder, stop };
}

async function makeTemplate(url: string, template: string): Promise<void> {
  await createDatabase(url, template);
  await migrate(urlOf(url, template));
}

/** `empty`: without the schema. */
export async function createTestDatabase(
  { url, template }: Pick<TestPostgres, 'url' | 'template'>,
  { empty = false } = {},
): Promise<TestDatabase> {
  const name = `roost_test_${randomBytes(6).toString('hex')}`;
  const nodes = await citusNodes(url);
  if (nodes.length > 0) {
    await (empty ? createOnNodes : createSpread)(nodes, url, name);
    return { url: urlOf(url, name), drop: () => dropOnNodes(nodes, url, name) };
  }
  if (empty) await createDatabase(url, name);
  else await administrate(url, `create database ${name} template ${template}`);
  return { url: urlOf(url, name), drop: () => dropDatabase(url, name) };
}

function dropDatabase(url: string, name: string): Promise<void> {
  return administrate(url, `drop database if exists ${name} with (force)`);
}

async function administrate(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlOf(url: string, database: string): string {
  const result = new URL(url);
  result.pathname = `/${database}`;
  return result.href;
}
