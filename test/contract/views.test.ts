/** The views, through a second connection as the role that `roost-server reader-role` makes. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { aggregate } from '../../server/jobs/aggregate.ts';
import { makeReaderRole } from '../../server/store/reader-role.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const ROLE = `roost_reader_${randomUUID().slice(0, 8)}`;
const OWNER = new URL(inject('postgres').url).username;
const user_id = randomUUID();
const session_id = randomUUID();
let server: TestServer;
let reader: Client;

beforeAll(async () => {
  server = await startTestServer();
  await server.post('/track', {
    events: [
      makeEvent({ user_id, session_id }),
      makeEvent({
        user_id,
        event: 'recording_completed',
        properties: { audio_duration_seconds: 90, source: 'widget', success: true },
      }),
      makeEvent({
        user_id,
        event: 'transcription_completed',
        properties: { audio_duration_seconds: 90, processing_time_seconds: 2, estimated_cost_usd: 0.009 },
      }),
    ],
  });
  await server.post('/crash', makeCrash({ user_id, session_id }));
  await aggregate(server.pool, { retentionDays: 36_500 });
  reader = await connect(await makeReaderRole(server.database.url, ROLE));
});
afterAll(async () => {
  await reader?.end();
  await server?.pool.query(`drop owned by ${ROLE}; drop role ${ROLE}`);
  await server?.close();
});

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

describe('the role', () => {
  test('reads the four views: hashes that can be joined, no ids', async () => {
    const { rows: events } = await reader.query<Record<string, unknown>>('select * from v_events');
    const { rows: crashes } = await reader.query<Record<string, unknown>>('select * from v_crashes');
    const { rows: users } = await reader.query<Record<string, unknown>>('select * from v_users');
    const { rows: days } = await reader.query<Record<string, unknown>>('select * from v_daily');
    expect(events).toHaveLength(3);
    expect(crashes).toHaveLength(1);
    expect(users).toMatchObject([
      {
        user_hash: events[0]!.user_hash,
        environment: 'production',
        active_days: 1,
        recordings: 1,
        recorded_minutes: 1.5,
        crashes: 1,
        cost_usd: 0.009,
      },
    ]);
    expect(crashes[0]!.user_hash).toBe(users[0]!.user_hash);
    expect(crashes[0]!.session_hash).toBe(events[0]!.session_hash);
    expect(days).toMatchObject([{ active_users: '1', total_recordings: '1', crash_count: '1' }]);
    const everything = JSON.stringify([events, crashes, users, days]);
    expect(everything).not.toContain(user_id);
    expect(everything).not.toContain(session_id);
  });

  test.each([
    'select user_id from events',
    'select salt from user_hash_salt',
    'select * from erased_users',
    'select * from messages',
    'select * from user_days',
    'insert into v_daily (date) values (now())',
    'delete from v_events',
    'create table mine (x int)',
    `set default_transaction_read_only = off; delete from events`,
    `set role "${OWNER}"`,
    `select store_events('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`,
  ])('may not: %s', async (sql) => {
    await expect(reader.query(sql)).rejects.toThrow(/permission denied|read-only|cannot|must be/);
  });

  test('cannot hold the server up', async () => {
    const { rows } = await reader.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name in
         ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_read_only')
       order by name`,
    );
    expect(rows.map(({ name, setting }) => `${name} ${setting}`)).toEqual([
      'default_transaction_read_only on',
      'idle_in_transaction_session_timeout 60000',
      'lock_timeout 5000',
      'statement_timeout 60000',
    ]);
  });

  test('gets a new password when it is made again, by the command', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, '../../server/main.ts'), 'reader-role', ROLE],
      { env: { ...process.env, DATABASE_URL: server.database.url } },
    );
    const url = /postgres:\/\/\S+/.exec(stdout)![0];
    const again = await connect(url);
    expect((await again.query('select from v_users')).rowCount).toBe(1);
    await again.end();
  });

  test('of somebody who can do more is refused, and a name that needs quotes', async () => {
    const owner = new URL(server.database.url).username;
    await expect(makeReaderRole(server.database.url, owner)).rejects.toThrow('can do more than read');
    const command = promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, '../../server/main.ts'), 'reader-role', 'x"; drop table events'],
      { env: { ...process.env, DATABASE_URL: server.database.url } },
    );
    await expect(command).rejects.toThrow('reader-role NAME');
  });
});

describe('docs/metabase.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/metabase.md'), 'utf8');
  const questions = [...page.matchAll(/<!-- question -->\s+```sql\n([\s\S]*?)```/g)].map(
    (match) => match[1]!,
  );

  test('asks five questions', () => expect(questions).toHaveLength(5));

  test.each(questions)('the role may ask: %s', async (sql) => {
    expect((await reader.query(sql)).rowCount).toBeGreaterThan(0);
  });

  test('names all columns of the views', async () => {
    const { rows } = await reader.query<{ view: string; columns: string[] }>(
      `select table_name as view, array_agg(column_name::text order by ordinal_position) as columns
       from information_schema.columns
       where table_schema = current_schema() and table_name like 'v\\_%' group by table_name`,
    );
    expect(rows).toHaveLength(4);
    for (const { view, columns } of rows) {
      const line = page.split('\n').find((text) => text.startsWith(`| \`${view}\``));
      expect([...line!.split('|')[3]!.matchAll(/`(\w+)`/g)].map((match) => match[1])).toEqual(columns);
    }
  });
});
