/** What a start fails with besides the settings' form: each time one line that names the setting, and nothing done. */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

import { Client } from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { readConfig } from '../../../server/config.ts';
import { describeFailure } from '../../../server/failure.ts';
import { startServer } from '../../../server/start.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/postgres.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

/** What the command would print. */
async function failureOf(environment: Record<string, string>): Promise<string> {
  const settings = { PORT: '0', LOG_LEVEL: 'silent', DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'secret' };
  try {
    const server = await startServer(readConfig({ ...settings, ...environment }));
    await server.stop();
  } catch (error) {
    const line = describeFailure(error);
    expect(line).not.toContain('\n');
    return line;
  }
  return 'started';
}

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase(inject('postgres'), { empty: true });
  onTestFinished(() => database.drop());
  return database;
}

async function ask(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const rows: unknown[] = [];
    for (const statement of statements) rows.push(...(await client.query(statement)).rows);
    return rows;
  } finally {
    await client.end();
  }
}

function withParts(
  url: string,
  parts: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port'>>,
): string {
  return Object.assign(new URL(url), parts).href;
}

async function usedPort(onConnection: (socket: Socket) => void = () => {}): Promise<number> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('HOST and PORT, before the database is touched', () => {
  test.each([
    [
      'a port that another program has',
      async () => ({ PORT: String(await usedPort()) }),
      /^PORT: \d+ is in use/,
    ],
    [
      'an address of another machine',
      () => ({ HOST: '192.0.2.1' }),
      /^HOST: 192\.0\.2\.1 is no address of this/,
    ],
    [
      'a name that does not exist',
      () => ({ HOST: 'no.such.host.invalid' }),
      /^HOST: no\.such\.host\.invalid is no/,
    ],
    [
      'an address with a port',
      () => ({ HOST: '127.0.0.1:80' }),
      /^HOST: 127\.0\.0\.1:80 is no address of this/,
    ],
    ['a blank', () => ({ HOST: ' ' }), /^HOST: {3}is no address of this/],
  ])('%s', async (_name, settings, expected) => {
    const { url } = await emptyDatabase();
    expect(await failureOf({ DATABASE_URL: url, ...(await settings()) })).toMatch(expected);
    expect(await ask(url, `select tablename from pg_tables where schemaname = 'public'`)).toEqual([]);
  });
});

describe('DATABASE_URL', () => {
  test('nothing listens there', async () => {
    const { url } = await emptyDatabase();
    expect(await failureOf({ DATABASE_URL: withParts(url, { port: '1' }) })).toMatch(
      /^DATABASE_URL: cannot connect: .*ECONNREFUSED/,
    );
  });

  test('a program listens there that is no PostgreSQL', async () => {
    const port = String(await usedPort((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await failureOf({ DATABASE_URL: `postgres://ann:secret@127.0.0.1:${port}/roost` })).toMatch(
      /^DATABASE_URL: cannot connect: ./,
    );
  });

  test('wrong user, wrong database, wrong password', async () => {
    const { url } = await emptyDatabase();
    expect(await failureOf({ DATABASE_URL: withParts(url, { username: 'nobody' }) })).toMatch(
      /^DATABASE_URL: cannot connect: (?:password authentication failed|role "nobody" does not exist)/,
    );
    expect(await failureOf({ DATABASE_URL: withParts(url, { pathname: '/nowhere' }) })).toBe(
      'DATABASE_URL: cannot connect: database "nowhere" does not exist',
    );
    const guess = withParts(url, { password: 'wrong' });
    // A database that trusts everybody has no wrong password.
    if (await ask(guess, 'select 1').catch(() => null)) return;
    expect(await failureOf({ DATABASE_URL: guess })).toMatch(
      /^DATABASE_URL: cannot connect: password authentication failed/,
    );
  });

  test('a user without the right to make tables', async () => {
    const { url } = await emptyDatabase();
    const role = `weak_${process.pid}`;
    await ask(url, `create role ${role} login password 'weak'`);
    onTestFinished(async () => void (await ask(inject('postgres').url, `drop role ${role}`)));
    expect(await failureOf({ DATABASE_URL: withParts(url, { username: role, password: 'weak' }) })).toBe(
      'DATABASE_URL: permission denied for schema public: its user must be allowed to make tables there',
    );
  });

  test('a database that cannot hold all of Unicode', async () => {
    const { url } = await emptyDatabase();
    const name = `latin_${process.pid}`;
    await ask(
      url,
      `create database ${name} template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'`,
    );
    onTestFinished(async () => void (await ask(inject('postgres').url, `drop database ${name}`)));
    expect(await failureOf({ DATABASE_URL: withParts(url, { pathname: `/${name}` }) })).toMatch(
      /^DATABASE_URL: the database is in LATIN1: make one with/,
    );
  });

  test('a PostgreSQL that is too old', async () => {
    const port = await oldPostgres();
    expect(await failureOf({ DATABASE_URL: `postgres://ann:secret@127.0.0.1:${port}/roost` })).toBe(
      'DATABASE_URL: PostgreSQL 13.14 is too old: 14 or later is needed',
    );
  });

  test('a schema that a newer server made', async () => {
    const { url, drop } = await createTestDatabase(inject('postgres'));
    onTestFinished(drop);
    await ask(url, 'update roost_schema_version set version = 999 where version = 1');
    expect(await failureOf({ DATABASE_URL: url })).toMatch(
      /^the database has schema 999, newer than this server's \d+: update the server$/,
    );
  });
});

test('DATA_DIR: a file, and a folder below a file', async () => {
  const file = join(tempDir(), 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'folder')]) {
    expect(await failureOf({ DATA_DIR: path })).toMatch(
      /^DATA_DIR: expected a folder that this user may write to: .*file/,
    );
  }
});

/**
 * Speaks as much of PostgreSQL's protocol as the first question takes, as none that old is at hand: takes everybody,
 * and answers any statement with one row.
 */
function oldPostgres(): Promise<number> {
  return usedPort((socket) => {
    socket.on('error', () => {});
    let known = false;
    socket.on('data', (asked) => {
      if (!known) {
        known = true;
        socket.write(Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))]));
      } else if (asked[0] === 'Q'.charCodeAt(0)) {
        socket.write(row({ version: '130014', release: '13.14', encoding: 'UTF8' }));
      }
    });
  });
}

const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const int32 = (value: number): Buffer => Buffer.concat([int16(value >> 16), int16(value & 65_535)]);
const message = (type: string, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(type), int32(content.length + 4), content]);

function row(columns: Record<string, string>): Buffer {
  const TEXT = 25;
  const described = Object.keys(columns).map((name) =>
    Buffer.concat([
      Buffer.from(`${name}\0`),
      int32(0),
      int16(0),
      int32(TEXT),
      int16(65_535),
      int32(0),
      int16(0),
    ]),
  );
  const values = Object.values(columns).map((value) =>
    Buffer.concat([int32(value.length), Buffer.from(value)]),
  );
  return Buffer.concat([
    message('T', Buffer.concat([int16(described.length), ...described])),
    message('D', Buffer.concat([int16(values.length), ...values])),
    message('C', Buffer.from('SELECT 1\0')),
    message('Z', Buffer.from('I')),
  ]);
}
