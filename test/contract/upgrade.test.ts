/** Databases and backups of earlier versions come through the migrations with every record and figure. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, inject, onTestFinished, test } from 'vitest';

import { migrate } from '../../server/store/migrate.ts';
import { restoreBackup } from '../../server/store/backup/restore-backup.ts';
import { spreadOverCitus } from '../../server/store/citus.ts';
import { citusNodes } from '../helpers/citus.ts';
import { differences, getFigures } from '../helpers/figures.ts';
import { type TestDatabase, createTestDatabase } from '../helpers/postgres.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';
import { postTrace } from '../helpers/trace.ts';

const answer = (file: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'conformance', file), 'utf8'));
/** Without filters from other rollups than with them. */
const ANSWERS = [
  ['/stats?from=2026-06-01&to=2026-06-30', answer('stats-june.json')],
  [
    '/stats?from=2026-05-01&to=2026-06-30&app_version=1.1.0,1.2.0&platform=macOS%2014.6,Windows%2011',
    answer('stats-filtered.json'),
  ],
] as const;
/** Made by `scripts/released-backup.ts` at each release, of the conformance trace. */
const released = globSync('released/*/server.backup', { cwd: join(import.meta.dirname, '..', 'fixtures') });

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase(inject('postgres'), { empty: true });
  onTestFinished(() => database.drop());
  return database;
}

async function serverOn(database: TestDatabase): Promise<TestServer> {
  const server = await startTestServer({ database });
  onTestFinished(() => server.close());
  return server;
}

async function expectFigures(server: TestServer): Promise<void> {
  for (const [path, expected] of ANSWERS) {
    expect(differences(expected, await getFigures(server, path))).toEqual([]);
  }
}

test('a database of the first schema, full of records', async () => {
  const database = await emptyDatabase();
  expect(await migrate(database.url, { to: 1 })).toMatchObject({ version: 1 });
  const nodes = await citusNodes(database.url);
  if (nodes.length > 0) await spreadOverCitus(database.url);
  const server = await serverOn(database);
  await postTrace(server);
  const { applied } = await migrate(database.url);
  expect(applied.length).toBeGreaterThan(0);
  await expectFigures(server);
});

test('every backup of a released version', async () => {
  for (const file of released) {
    const database = await emptyDatabase();
    await restoreBackup(database.url, join(import.meta.dirname, '..', 'fixtures', file));
    const server = await serverOn(database);
    await expectFigures(server);
  }
});
