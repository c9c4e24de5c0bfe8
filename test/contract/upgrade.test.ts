/** Databases and backups of earlier versions come through the migrations with every record and figure. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, inject, onTestFinished, test } from 'vitest';

import { migrate } from '../../server/store/migrate.ts';
import { restoreBackup } from '../../server/store/backup/restore-backup.ts';
import { spreadOverCitus } from '../../server/store/citus.ts';
import { withClient } from '../../server/store/pool.ts';
import { citusNodes } from '../helpers/citus.ts';
import { differences, getFigures } from '../helpers/figures.ts';
import { type TestDatabase, createTestDatabase } from '../helpers/postgres.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';
import { postTrace } from '../helpers/trace.ts';
import { createMemory } from '../reference/remembered.ts';
import { disagreements } from '../unit/server/stats/world.ts';

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

const USER = '0a000000-0000-4000-8000-000000000001';
const SESSION = '0b000000-0000-4000-8000-000000000001';

/** One user's session over midnight, and what the aggregator made of it when histories were not there yet. */
const BEFORE_HISTORIES = `
  insert into events
    (user_id, event_id, session_id, timestamp, event, app_version, platform, country, environment, properties)
  select '${USER}', gen_random_uuid(), '${SESSION}', timestamp, event, '1.1.0', 'macOS 15.1', 'DE', 'production', properties
  from (values
    (timestamptz '2026-06-10T23:50:00Z', 'recording_completed',
      '{"audio_duration_seconds": 10.5, "success": true, "source": "widget", "estimated_cost_usd": 0.02}'::jsonb),
    ('2026-06-10T23:55:00Z', 'transcription_failed', '{"error_type": "network"}'),
    ('2026-06-11T00:10:00Z', 'transcription_completed',
      '{"audio_duration_seconds": 10.5, "processing_time_seconds": 1.25}')
  ) told (timestamp, event, properties);
  insert into facets values (1, '1.1.0', 'macOS 15.1', 'DE', 'production');
  insert into user_days
    (user_id, day, facet_id, first_at, recordings, widget_recordings, transcriptions, widget, sole_of_day, week_mixed,
     week_first, recorded_seconds, transcribed_seconds, cost_usd, failures, processing_seconds, steps)
  values
    ('${USER}', '2026-06-10', 1, '2026-06-10T23:50:00Z', 1, 1, null, true, true, false, true, 10.5, null, 0.02,
     '{network}', null, ''),
    ('${USER}', '2026-06-11', 1, '2026-06-11T00:10:00Z', null, null, 1, false, true, false, false, null, 10.5, null,
     null, '{1.25}', '');
  insert into session_days (user_id, session_id, day, facet_id, first_at, last_at, split)
  values
    ('${USER}', '${SESSION}', '2026-06-10', 1, '2026-06-10T23:50:00Z', '2026-06-10T23:55:00Z', true),
    ('${USER}', '${SESSION}', '2026-06-11', 1, '2026-06-11T00:10:00Z', '2026-06-11T00:10:00Z', true);
  insert into environment_days (environment, day, users)
  values ('production', '2026-06-10', 1), ('production', '2026-06-11', 1);
  insert into environment_failures values ('production', '2026-06-10', 'network', 1)`;
const SCHEMA_BEFORE_HISTORIES = 8;

test('rollups of the schema before histories: nothing of them counts twice or is left', async () => {
  const database = await emptyDatabase();
  await migrate(database.url, { to: SCHEMA_BEFORE_HISTORIES });
  await withClient(database.url, { statementTimeoutMs: 0 }, (client) => client.query(BEFORE_HISTORIES));
  await migrate(database.url);
  const server = await serverOn(database);
  await createMemory(server.pool);
  expect(await disagreements(server, { from: '2026-06-01', to: '2026-06-30' })).toEqual([]);
  await fetch(`${server.url}/users/${USER}`, { method: 'DELETE' });
  const { rows } = await server.pool.query(
    'select from facet_days where (recordings, sessions, session_seconds) <> (0, 0, 0)',
  );
  expect(rows).toEqual([]);
});

test('every backup of a released version', async () => {
  for (const file of released) {
    const database = await emptyDatabase();
    await restoreBackup(database.url, join(import.meta.dirname, '..', 'fixtures', file));
    const server = await serverOn(database);
    await expectFigures(server);
  }
});
