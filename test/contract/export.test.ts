/** `GET /export/….csv` on a real database, read as a person's program reads it. */
import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';
import { readCsv } from '../helpers/csv.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(() => server.pool.query('truncate events, crashes, dirty_user_days'));
afterAll(() => server.close());

const RANGE = 'from=2026-06-01&to=2026-06-30';
const AT = '2026-06-10T10:00:00.000Z';

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}/export/${path}`, { headers: server.adminHeaders, ...init });
}

async function rowsOf(path: string): Promise<Record<string, string>[]> {
  const response = await get(path);
  expect(response.status).toBe(200);
  return readCsv(await response.text());
}

describe('events.csv', () => {
  test('holds every column, users and sessions as hashes', async () => {
    const event = makeEvent({ timestamp: AT, environment: 'production' });
    await server.post('/track', event);
    const response = await get(`events.csv?${RANGE}`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="roost-events-2026-06-01-2026-06-30.csv"',
    );
    const text = await response.text();
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text).not.toContain(event.user_id);
    expect(text).not.toContain(event.session_id);
    expect(readCsv(text)).toEqual([
      {
        timestamp: AT,
        event: 'app_opened',
        user_hash: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        session_hash: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        event_id: event.event_id,
        app_version: '1.2.0',
        platform: 'macOS 15.1',
        country: 'DE',
        environment: 'production',
        properties: '{"startup_time_seconds": 0.8}',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      },
    ]);
  });

  test('a user has one hash in all files, which nobody can compute without the salt', async () => {
    const user_id = randomUUID();
    await server.post('/track', makeEvent({ user_id, timestamp: AT }));
    await server.post('/crash', makeCrash({ user_id, timestamp: AT }));
    const [event] = await rowsOf(`events.csv?${RANGE}`);
    const [crash] = await rowsOf(`crashes.csv?${RANGE}`);
    expect(crash!.user_hash).toBe(event!.user_hash);
    await server.pool.query('update user_hash_salt set salt = $1', [randomBytes(32)]);
    const [later] = await rowsOf(`events.csv?${RANGE}`);
    expect(later!.user_hash).not.toBe(event!.user_hash);
  });

  test('takes the range and the filters of the dashboard', async () => {
    await server.post('/track', {
      events: [
        makeEvent({ timestamp: '2026-05-31T23:59:59.999Z', country: 'AA' }),
        makeEvent({ timestamp: '2026-06-01T00:00:00.000Z', country: 'BB' }),
        makeEvent({ timestamp: '2026-06-30T23:59:59.999Z', country: 'CC', app_version: '1.3.0' }),
        makeEvent({ timestamp: '2026-07-01T00:00:00.000Z', country: 'DD' }),
        makeEvent({ timestamp: AT, country: 'EE', environment: 'development' }),
      ],
    });
    const countries = async (query: string): Promise<(string | undefined)[]> =>
      (await rowsOf(`events.csv?${query}`)).map((row) => row.country).sort();
    expect(await countries(RANGE)).toEqual(['BB', 'CC']);
    expect(await countries(`${RANGE}&app_version=1.3.0`)).toEqual(['CC']);
    expect(await countries(`${RANGE}&environment=all`)).toEqual(['BB', 'CC', 'EE']);
    expect(await countries('from=2026-06-02&to=2026-06-02')).toEqual([]);
  });

  test('without rows it is the head alone', async () => {
    const text = await (await get(`events.csv?${RANGE}`)).text();
    expect(text).toMatch(/^timestamp,event,[a-z_,]+,created_at\r\n$/);
  });

  test.each([
    ['from=2026-06-31', 'from'],
    ['form=2026-06-01', 'form'],
    ['country=', 'country'],
  ])('refuses %s', async (query, parameter) => {
    const response = await get(`events.csv?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { code: 'invalid_query', message: expect.stringContaining(parameter) as string },
    });
  });

  test('is for the administrator', async () => {
    expect((await get(`events.csv?${RANGE}`, { headers: {} })).status).toBe(401);
    expect((await get(`events.csv?${RANGE}`, { method: 'HEAD' })).status).toBe(405);
  });
});

describe('crashes.csv', () => {
  test('no text of a crash becomes a formula, breaks a row or loses a character', async () => {
    const messages = [
      '=HYPERLINK("https://example.com","x")',
      '+1+1',
      '-2+3',
      '@SUM(A1:A9)',
      '\t=1+1',
      '＝1+1',
      'a "quoted", comma',
      'line\nbreak\r\nand\rmore',
      'höhe 🐦',
    ];
    for (const error_message of messages) {
      await server.post(
        '/crash',
        makeCrash({ error_message, timestamp: AT, app_version: error_message.slice(0, 2) }),
      );
    }
    const { rows: stored } = await server.pool.query<{ error_message: string }>(
      'select error_message from crashes order by event_id',
    );
    const rows = await rowsOf(`crashes.csv?${RANGE}`);
    const exported = rows
      .sort((a, b) => (a.event_id! < b.event_id! ? -1 : 1))
      .map((row) => row.error_message!);
    expect(exported).toHaveLength(messages.length);
    for (const [at, text] of exported.entries()) {
      expect(text).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      expect(text.replace(/^'/, '')).toBe(stored[at]!.error_message);
    }
    for (const { app_version } of rows) expect(app_version).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
  });
});

describe('daily.csv', () => {
  test('has each day of the range with the figures of the dashboard', async () => {
    const user_id = randomUUID();
    await server.post('/track', {
      events: [
        makeEvent({ user_id, timestamp: AT }),
        makeEvent({ user_id, timestamp: AT, event: 'transcription_failed', properties: {} }),
      ],
    });
    await server.post('/crash', makeCrash({ user_id, timestamp: AT }));
    const rows = await rowsOf(`daily.csv?${RANGE}`);
    expect(rows).toHaveLength(30);
    expect(rows[9]).toEqual({
      date: '2026-06-10',
      active_users: '1',
      new_users: '1',
      recordings: '0',
      completed: '0',
      failed: '1',
      cost_usd: '0',
      crashes: '1',
      crashed_users: '1',
    });
  });
});

describe('an export that is cut off', () => {
  /** 16 MB: more than fits into the buffers between the database and a reader who stopped. */
  beforeEach(() =>
    server.pool.query(
      `insert into events (user_id, event_id, timestamp, event, app_version, platform, environment, properties)
       select gen_random_uuid(), gen_random_uuid(), $1, 'app_opened', '1.2.0', 'macOS 15.1', 'production',
         jsonb_build_object('text', repeat('x', 1600))
       from generate_series(1, 10000)`,
      [AT],
    ),
  );

  test('by its reader: the database stops looking, and the server goes on', async () => {
    const abort = new AbortController();
    const response = await get(`events.csv?${RANGE}`, { signal: abort.signal });
    await response.body!.getReader().read();
    expect(await openExports()).toBe(1);
    abort.abort();
    await vi.waitFor(async () => expect(await openExports()).toBe(0), { timeout: 20_000, interval: 50 });
    expect((await rowsOf(`events.csv?from=2026-06-01&to=2026-06-02`)).length).toBe(0);
  });

  test('by the database: the answer does not look whole', async () => {
    const response = await get(`events.csv?${RANGE}`);
    const reader = response.body!.getReader();
    await reader.read();
    await server.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${IS_EXPORT}`);
    await expect(readAll(reader)).rejects.toThrow();
  });

  test('before its first row it is an answer like any other', async () => {
    await server.pool.query('alter view v_events rename to v_events_away');
    try {
      const response = await get(`events.csv?${RANGE}`);
      expect(response.status).toBe(500);
      expect(response.headers.get('content-type')).toContain('application/json');
    } finally {
      await server.pool.query('alter view v_events_away rename to v_events');
    }
  });

  const IS_EXPORT = `datname = current_database() and query ~ '^(fetch|declare)' and pid <> pg_backend_pid()`;

  async function openExports(): Promise<number> {
    const { rows } = await server.pool.query<{ open: number }>(
      `select count(*)::int as open from pg_stat_activity where ${IS_EXPORT} and state <> 'idle'`,
    );
    return rows[0]!.open;
  }
});

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (let read = await reader.read(); !read.done; read = await reader.read());
}
