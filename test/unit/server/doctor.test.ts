/** `roost-server doctor`: what it finds on a real database and a real server. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';

import { readConfig } from '../../../server/config.ts';
import { examineDatabase } from '../../../server/doctor/examine-database.ts';
import { examineSettings } from '../../../server/doctor/examine-settings.ts';
import type { Finding } from '../../../server/doctor/finding.ts';
import { createTestDatabase } from '../../helpers/postgres.ts';
import { makeEvent } from '../../helpers/records.ts';
import { type TestServer, startTestServer } from '../../helpers/server.ts';

const KEY = 'pub_0123456789abcdef';
const program = join(import.meta.dirname, '..', '..', '..', 'server', 'main.ts');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { ingestKeys: [KEY] } });
});
afterAll(() => server.close());

interface Ended {
  code: number;
  lines: string[];
}

async function runDoctor(args: string[], environment: Record<string, string>): Promise<Ended> {
  const { PATH, SystemRoot } = process.env;
  const env = { PATH, SystemRoot, DATABASE_URL: server.database.url, ...environment };
  const run = promisify(execFile)(process.execPath, [program, 'doctor', ...args], { env });
  const { code, stdout } = await run.then(
    ({ stdout: output }) => ({ code: 0, stdout: output }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code, lines: stdout.trimEnd().split('\n') };
}

const of = (findings: readonly Finding[], subject: string): Finding | undefined =>
  findings.find((finding) => finding.subject === subject);

describe('the command', { timeout: 120_000 }, () => {
  test('with a round trip that leaves nothing but a tombstone', async () => {
    const { code, lines } = await runDoctor([], { INGEST_KEYS: KEY });
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(lines.at(-1)).toBe('✓ round trip an event was stored, read and erased again');
    expect(code).toBe(0);
    const { rows } = await server.pool.query(
      'select (select count(*)::int from events) as events, (select count(*)::int from erased_users) as tombstones',
    );
    expect(rows).toEqual([{ events: 0, tombstones: 1 }]);
  });

  test('over the network, with the right key and a wrong one', async () => {
    const right = await runDoctor(['--url', `${server.url}/`], { INGEST_KEYS: KEY });
    expect(right.lines.slice(-2)).toEqual([
      '✓ clock      agrees with the server',
      '✓ round trip an event was stored, read and erased again',
    ]);
    const wrong = await runDoctor(['--url', server.url], { INGEST_KEYS: 'pub_another-key-altogether' });
    expect(wrong.code).toBe(1);
    expect(wrong.lines.at(-1)).toBe(
      '✗ round trip POST /track answered 401: the key is not one of INGEST_KEYS there',
    );
  });

  test('where a setting is wrong, or the database is away', async () => {
    expect(await runDoctor([], { PORT: 'abc' })).toEqual({
      code: 1,
      lines: ['✗ settings   PORT: expected a whole number from 0 to 65535'],
    });
    const { code, lines } = await runDoctor([], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(lines.at(-1)).toMatch(/^✗ database {3}DATABASE_URL: cannot connect: /);
    expect(code).toBe(1);
  });
});

describe('settings', () => {
  const examine = (environment: Record<string, string>) => examineSettings(readConfig(environment));
  const open = {
    HOST: '0.0.0.0',
    DATABASE_URL: 'postgres://host/roost',
    DASHBOARD_USER: 'admin',
    DASHBOARD_PASSWORD: 'correct horse battery',
  };

  test('that are right on one machine', () => {
    const findings = examine({});
    expect(findings.filter(({ level, subject }) => level !== 'good' && subject !== 'dashboard')).toEqual([]);
  });

  test('that leave the door open to the world', () => {
    const findings = examine({ ...open, DASHBOARD_PASSWORD: 'short' });
    for (const subject of ['settings', 'keys', 'password']) {
      expect(of(findings, subject)).toMatchObject({ level: 'warning' });
    }
    expect(of(examine({ ...open, INGEST_KEYS: 'pub_1' }), 'keys')?.text).toMatch(/shorter than 16/);
    expect(of(examine({ ...open, INGEST_KEYS: `${KEY},${KEY}x`, TRUST_PROXY: '1' }), 'keys')).toEqual({
      subject: 'keys',
      level: 'good',
      text: '2 ingest keys',
    });
  });
});

describe('the database', () => {
  test('without a schema', async () => {
    const database = await createTestDatabase(inject('postgres'), { empty: true });
    onTestFinished(() => database.drop());
    const findings = await examineDatabase(database.url, readConfig({}));
    expect(of(findings, 'schema')).toMatchObject({
      level: 'warning',
      text: expect.stringMatching(/^\d+ migrations wait/),
    });
  });

  test('in which rollups wait, retention is overdue and little room is left', async () => {
    const database = await createTestDatabase(inject('postgres'));
    const late = await startTestServer({ database });
    onTestFinished(async () => {
      await late.close();
      await database.drop();
    });
    await late.post('/track', makeEvent({ timestamp: '2020-01-01T00:00:00.000Z' }));
    await late.pool.query(`update dirty_user_days set marked_at = now() - interval '1 hour'`);
    const findings = await examineDatabase(database.url, readConfig({ DATABASE_SIZE_LIMIT_MB: '1' }));
    expect(of(findings, 'rollups')?.text).toMatch(/^records wait for 36\d\d s: /);
    expect(of(findings, 'retention')?.text).toMatch(
      /^the oldest record is \d+ days old, RETENTION_DAYS is 365/,
    );
    expect(of(findings, 'size')).toMatchObject({ level: 'warning' });
    expect(of(findings, 'clock')).toMatchObject({ level: 'good' });
  });
});
