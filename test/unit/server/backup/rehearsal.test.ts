/** Moving to another database by backup and restore: what is stored, and every figure, is the same afterwards. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';

import { aggregate } from '../../../../server/jobs/aggregate.ts';
import { writeBackup } from '../../../../server/store/backup/write-backup.ts';
import { checkBackup, restoreBackup } from '../../../../server/store/backup/restore-backup.ts';
import { migrate } from '../../../../server/store/migrate.ts';
import { openPool } from '../../../../server/store/pool.ts';
import { getFigures } from '../../../helpers/figures.ts';
import { type TestDatabase, createTestDatabase } from '../../../helpers/postgres.ts';
import { makeCrash, makeEvent } from '../../../helpers/records.ts';
import { type TestServer, startTestServer } from '../../../helpers/server.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';
import { postTrace } from '../../../helpers/trace.ts';

const FIGURES = [
  '/stats?from=2026-06-01&to=2026-06-30',
  '/stats?from=2026-06-01&to=2026-06-30&environment=all',
  '/stats?from=2026-06-08&to=2026-06-14&country=DE,FR',
  '/stats/cohorts?from=2026-06-01&to=2026-06-30',
  '/stats/funnel?steps=app_opened,recording_started&from=2026-06-01&to=2026-06-30',
  '/stats/crash-groups?from=2026-06-01&to=2026-06-30',
  '/stats/events?from=2026-06-01&to=2026-06-30',
  '/stats/recent',
];

let server: TestServer;
const leaver = randomUUID();

beforeAll(async () => {
  server = await startTestServer();
  await postTrace(server);
  await server.post('/track', { events: [makeEvent({ user_id: leaver }), makeEvent({ user_id: leaver })] });
  await server.post('/crash', {
    crashes: [makeCrash({ user_id: leaver, error_message: 'tab\t, \\. and\nline' })],
  });
  await server.post('/track', {
    user_id: randomUUID(),
    dropped: { queue_full: 3 },
    events: [makeEvent({ properties: { startup_time_seconds: 0.1 } })],
  });
  await fetch(`${server.url}/users/${randomUUID()}`, { method: 'DELETE' });
  await aggregate(server.pool, { retentionDays: 36_500 });
}, 120_000);
afterAll(() => server.close());

async function emptyDatabase(options = { empty: true }): Promise<TestDatabase> {
  const database = await createTestDatabase(inject('postgres'), options);
  onTestFinished(() => database.drop());
  return database;
}

/** A digest of each table's rows. */
async function contents(pool: pg.Pool): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const digests: Record<string, unknown> = {};
  for (const { name } of rows) {
    const { rows: found } = await pool.query(
      `select count(*)::int as rows, md5(coalesce(string_agg(t::text, ',' order by t::text collate "C"), '')) as digest
       from ${name} t`,
    );
    if (name !== 'roost_schema_version') digests[name] = found[0];
  }
  return digests;
}

async function figures(of: TestServer): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const path of FIGURES) {
    const { as_of: _asOf, ...answer } = await getFigures(of, path);
    answers.push(answer);
  }
  return answers;
}

async function serverOn(database: TestDatabase): Promise<TestServer> {
  const started = await startTestServer({ database });
  onTestFinished(() => started.close());
  return started;
}

describe('the rehearsal', { timeout: 120_000 }, () => {
  test('every table and every figure is the same in the new database', async () => {
    const file = join(tempDir(), 'roost.backup');
    const backup = await writeBackup(server.database.url, file);
    expect(backup.rows).toMatchObject({ erased_users: 1, client_dropped: 1 });
    expect(backup.rows.events).toBeGreaterThan(100);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await checkBackup(file)).toEqual(backup);

    const database = await emptyDatabase();
    const restored = await restoreBackup(database.url, file);
    expect(restored).toEqual({ ...backup, erasedAgain: 0 });

    const moved = await serverOn(database);
    expect(await contents(moved.pool)).toEqual(await contents(server.pool));
    expect(await figures(moved)).toEqual(await figures(server));
    // And it goes on from there: a repeated record is known, a new one is counted.
    const { rows } = await server.pool.query<{ event_id: string; user_id: string }>(
      'select event_id, user_id from events limit 1',
    );
    const answer = await moved.post('/track', { events: [makeEvent(rows[0]), makeEvent()] });
    expect(answer.body).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  test('a backup is of one moment, while records arrive', async () => {
    const file = join(tempDir(), 'roost.backup');
    const written = writeBackup(server.database.url, file).then(() => true);
    const arrive = async (): Promise<false> => {
      const user = { user_id: randomUUID() };
      await server.post('/track', { events: [makeEvent(user), makeEvent(user)] });
      return false;
    };
    while (!(await Promise.race([written, arrive()])));
    const database = await emptyDatabase();
    await restoreBackup(database.url, file);
    const pool = openPool({ url: database.url, connections: 2 });
    onTestFinished(() => pool.end());
    await aggregate(pool, { retentionDays: 36_500 });
    // Each stored event is in the rollups, and the other way round.
    const { rows } = await pool.query(
      `select count(*)::int as lost from (select distinct user_id, (timestamp at time zone 'UTC')::date as day from events) kept
       full join (select distinct user_id, day from user_days) counted using (user_id, day)
       where kept.user_id is null or counted.user_id is null`,
    );
    expect(rows).toEqual([{ lost: 0 }]);
  });

  test('who was erased after the backup stays erased', async () => {
    const file = join(tempDir(), 'roost.backup');
    await writeBackup(server.database.url, file);
    const old = await createTestDatabase(inject('postgres'));
    onTestFinished(() => old.drop());
    await restoreBackup(old.url, file);
    const running = await serverOn(old);
    expect(await (await fetch(`${running.url}/users/${leaver}`, { method: 'DELETE' })).json()).toEqual({
      deleted: { events: 2, crashes: 1 },
    });
    const without = await figures(running);

    await expect(restoreBackup(old.url, file)).rejects.toThrow(/holds records already.*--replace/);
    expect(await restoreBackup(old.url, file, { replace: true })).toMatchObject({ erasedAgain: 1 });

    expect((await fetch(`${running.url}/users/${leaver}/data`)).status).toBe(404);
    expect(await figures(running)).toEqual(without);
    const late = await running.post('/track', { events: [makeEvent({ user_id: leaver })] });
    expect(late.body).toMatchObject({ accepted: 0, rejected: [{ code: 'erased' }] });
  });

  test('a numbered table goes on counting where it was', async () => {
    const alert = `insert into alerts (rule, subject, title, detail) values ('test', $1, '', '') returning alert_id`;
    const first = await server.pool.query<{ alert_id: string }>(alert, [randomUUID()]);
    const file = join(tempDir(), 'roost.backup');
    await writeBackup(server.database.url, file);
    const database = await emptyDatabase();
    await restoreBackup(database.url, file);
    const pool = openPool({ url: database.url, connections: 1 });
    onTestFinished(() => pool.end());
    const next = await pool.query<{ alert_id: string }>(alert, [randomUUID()]);
    expect(Number(next.rows[0]!.alert_id)).toBeGreaterThan(Number(first.rows[0]!.alert_id));
  });
});

test('the commands say what they did, in one line', { timeout: 120_000 }, async () => {
  const { PATH, SystemRoot } = process.env;
  const program = join(import.meta.dirname, '../../../../server/main.ts');
  const run = async (...args: string[]): Promise<string> => {
    const env = { PATH, SystemRoot, DATABASE_URL: server.database.url };
    const ended = await promisify(execFile)(process.execPath, [program, ...args], { env }).catch(
      (error: { stderr: string }) => error,
    );
    return 'stdout' in ended && ended.stdout !== '' ? ended.stdout : ended.stderr;
  };
  const file = join(tempDir(), 'roost.backup');
  const held = /\d+ events, \d+ crashes, \d+ tombstones, \d+ rows in all, of \S+Z, schema \d+\n$/;
  expect(await run('backup', file)).toMatch(held);
  expect(await run('restore', '--check', file)).toMatch(held);
  expect(await run('restore', file)).toBe(
    'roost-server: the database holds records already: restore into an empty one, or give --replace to remove them first\n',
  );
});

describe('a bad file restores nothing and says why', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let whole: Buffer;
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgres'));
    pool = openPool({ url: database.url, connections: 1 });
    const folder = mkdtempSync(join(tmpdir(), 'roost-test-'));
    const file = join(folder, 'roost.backup');
    await writeBackup(server.database.url, file);
    whole = readFileSync(file);
    rmSync(folder, { recursive: true });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function failureOf(bytes: Uint8Array | null): Promise<string> {
    const file = join(tempDir(), 'roost.backup');
    if (bytes) writeFileSync(file, bytes);
    const failure: unknown = await restoreBackup(database.url, file).catch((error: unknown) => error);
    const { rows } = await pool.query<{ records: number }>('select count(*)::int as records from events');
    expect(rows[0]!.records).toBe(0);
    expect(failure).toBeInstanceOf(Error);
    return (failure as Error).message;
  }

  test.each<[what: string, change: (text: string) => string, reason: RegExp]>([
    ['a changed value', (text) => text.replace('1.2.0', '1.2.1'), /damaged: table/],
    ['a missing end', (text) => text.slice(0, text.lastIndexOf('-- end')), /cut off/],
    ['half a table', (text) => text.slice(0, text.length / 2), /cut off/],
    ['more after the end', (text) => `${text}copy`, /more follows/],
    ['another format', (text) => text.replace('"format":1', '"format":2'), /newer Roost/],
    [
      'a newer schema',
      (text) => text.replace(/"schema":\d+/, '"schema":999'),
      /schema 999, newer than this server's \d+: update the server/,
    ],
    ['another text', () => 'select 1;\n', /no backup of Roost/],
    ['no text', () => '', /no backup of Roost/],
  ])('%s', async (_what, change, reason) => {
    const text = zstdDecompressSync(whole).toString('latin1');
    expect(await failureOf(zstdCompressSync(Buffer.from(change(text), 'latin1')))).toMatch(reason);
  });

  test('a file that was cut off, is something else, or is not there', async () => {
    expect(await failureOf(whole.subarray(0, whole.length / 2))).toMatch(/damaged|cut off/);
    expect(await failureOf(Buffer.from('not compressed at all'))).toMatch(/no backup of Roost/);
    expect(await failureOf(null)).toMatch(/there is no such file/);
  });

  test('a database that is newer than the backup', async () => {
    const old = await emptyDatabase();
    await migrate(old.url, { to: 1 });
    const file = join(tempDir(), 'roost.backup');
    await writeBackup(old.url, file);
    expect(await failureOf(readFileSync(file))).toMatch(/schema \d+ already, the backup is older \(1\)/);
  });
});
