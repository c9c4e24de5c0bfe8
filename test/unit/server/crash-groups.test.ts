/** `GET` and `PATCH /stats/crash-groups` on a real database. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { CrashRecord } from '../../../lib/record/crash.ts';
import { makeCrash } from '../../helpers/records.ts';
import { type TestServer, startTestServer } from '../../helpers/server.ts';

interface Group {
  fingerprint: string;
  title: string;
  crash_type: string;
  crashes: number;
  users: number;
  first_seen: string;
  last_seen: string;
  app_versions: string[];
  status: string;
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(() => server.pool.query('truncate crashes, crash_groups'));
afterAll(() => server.close());

const RANGE = 'from=2026-06-01&to=2026-06-30';
const AT = '2026-06-10T10:00:00.000Z';

async function post(...crashes: Partial<CrashRecord>[]): Promise<void> {
  const body = { crashes: crashes.map((crash) => makeCrash({ timestamp: AT, ...crash })) };
  expect(await server.post('/crash', body)).toMatchObject({
    status: 200,
    body: { accepted: crashes.length },
  });
}

async function get(query = RANGE): Promise<Group[]> {
  const response = await fetch(`${server.url}/stats/crash-groups?${query}`, { headers: server.adminHeaders });
  expect(response.status).toBe(200);
  return ((await response.json()) as { groups: Group[] }).groups;
}

function patch(fingerprint: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}/stats/crash-groups/${encodeURIComponent(fingerprint)}`, {
    method: 'PATCH',
    headers: { ...server.adminHeaders, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const stackOf = (name: string): string => `Error: x\n    at ${name} (app://dist/main.js:1:2)`;

describe('GET /stats/crash-groups', () => {
  test('counts crashes and users of each fault, the most frequent first', async () => {
    const often = { stack_trace: stackOf('saveRecording') };
    const user = randomUUID();
    await post(
      { ...often, user_id: user, app_version: '1.9.0', timestamp: '2026-06-02T10:00:00.000Z' },
      { ...often, user_id: user, app_version: '1.10.0', timestamp: '2026-06-03T10:00:00.000Z' },
      {
        ...often,
        app_version: '1.9.0',
        error_message: 'the latest message',
        timestamp: '2026-06-04T00:00:00Z',
      },
      { stack_trace: stackOf('openFile') },
    );
    const groups = await get();
    expect(groups).toMatchObject([
      {
        title: 'the latest message',
        crash_type: 'main_crash',
        crashes: 3,
        users: 2,
        first_seen: '2026-06-02T10:00:00.000Z',
        last_seen: '2026-06-04T00:00:00.000Z',
        app_versions: ['1.9.0', '1.10.0'],
        status: 'open',
      },
      { crashes: 1, users: 1 },
    ]);
    expect(new Set(groups.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  test('equal counts are sorted by fingerprint', async () => {
    await post(...['a1', 'b2', 'c3', 'd4'].map((name) => ({ stack_trace: stackOf(`load_${name}_file`) })));
    const fingerprints = (await get()).map(({ fingerprint }) => fingerprint);
    expect(fingerprints).toEqual([...fingerprints].sort());
  });

  test('takes range and filters, production alone by default', async () => {
    await post(
      { timestamp: '2026-05-31T23:59:59.999Z' },
      { environment: 'development' },
      { app_version: '2.0.0' },
      { country: null },
    );
    const total = async (query: string): Promise<number> =>
      (await get(query)).reduce((sum, { crashes }) => sum + crashes, 0);
    expect(await total(RANGE)).toBe(2);
    expect(await total(`${RANGE}&environment=all`)).toBe(3);
    expect(await total(`${RANGE}&app_version=2.0.0,3.0.0`)).toBe(1);
    expect(await total(`${RANGE}&country=DE`)).toBe(1);
    expect(await total('from=2026-05-31&to=2026-05-31')).toBe(1);
  });

  test('finds native crashes by module', async () => {
    const native = { crash_type: 'native_crash' as const, error_message: 'SIGSEGV' };
    await post(
      { ...native, stack_trace: '    at recorder.node+0x1a2b\n    at Stories+0x44' },
      { ...native, stack_trace: '    at encoder.node+0x99' },
      {},
    );
    expect(await get(`${RANGE}&module=recorder.node`)).toMatchObject([{ crashes: 1 }]);
    expect(await get(`${RANGE}&module=corder.node`)).toEqual([]);
    expect(await get(`${RANGE}&crash_type=native_crash`)).toHaveLength(2);
  });

  test.each([
    'form=2026-06-01',
    'from=2026-06-31',
    'module=',
    'module=a%00',
    'crash_type=%00',
    'from=2026-06-02&to=2026-06-01',
  ])('refuses %s', async (query) => {
    const response = await fetch(`${server.url}/stats/crash-groups?${query}`, {
      headers: server.adminHeaders,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_query' } });
  });

  test('is for administrators', async () => {
    expect((await fetch(`${server.url}/stats/crash-groups`)).status).toBe(401);
  });
});

describe('GET /stats/crash-modules', () => {
  async function modules(query = RANGE): Promise<unknown> {
    const response = await fetch(`${server.url}/stats/crash-modules?${query}`, {
      headers: server.adminHeaders,
    });
    expect(response.status).toBe(200);
    return ((await response.json()) as { modules: unknown }).modules;
  }

  test('counts native crashes by every module of their frames, once each', async () => {
    const native = { crash_type: 'native_crash' as const, error_message: 'SIGSEGV' };
    const stack =
      '    at recorder.node+0x1a2b\n    at recorder.node+0x2\n    at Stories Helper (Renderer)+0x44';
    await post(
      { ...native, stack_trace: stack },
      { ...native, stack_trace: '    at recorder.node+0x99 (stack scan)' },
      { ...native, app_version: '9.0.0', stack_trace: '    at libc.so.6+0x99\n    at Zoom.node+0x1' },
      { ...native, stack_trace: null },
      { stack_trace: '    at other.node+0x1' },
    );
    expect(await modules()).toEqual([
      { module: 'recorder.node', crashes: 2 },
      { module: 'Stories Helper (Renderer)', crashes: 1 },
      { module: 'Zoom.node', crashes: 1 },
      { module: 'libc.so.6', crashes: 1 },
    ]);
    expect(await modules(`${RANGE}&app_version=9.0.0`)).toHaveLength(2);
    for (const { module, crashes } of (await modules()) as { module: string; crashes: number }[]) {
      const found = await get(`${RANGE}&module=${encodeURIComponent(module)}`);
      expect(found.reduce((sum, group) => sum + group.crashes, 0)).toBe(crashes);
    }
  });

  test('is for administrators, and takes what every figure takes', async () => {
    expect((await fetch(`${server.url}/stats/crash-modules`)).status).toBe(401);
    const refused = await fetch(`${server.url}/stats/crash-modules?module=x`, {
      headers: server.adminHeaders,
    });
    expect(refused.status).toBe(400);
  });
});

describe('PATCH /stats/crash-groups/:fingerprint', () => {
  const statusOf = async (): Promise<string | undefined> => (await get())[0]?.status;
  const theGroup = async (): Promise<string> => (await get())[0]!.fingerprint;

  test.each(['resolved', 'ignored', 'open'])('keeps %s', async (status) => {
    await post({});
    const response = await patch(await theGroup(), { status });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ fingerprint: await theGroup(), status });
    expect(await statusOf()).toBe(status);
  });

  test('a resolved group opens again in a newer version, not in the same or an older one', async () => {
    await post({ app_version: '1.9.0' });
    await patch(await theGroup(), { status: 'resolved' });
    await post({ app_version: '1.9.0' }, { app_version: '1.8.5' });
    expect(await statusOf()).toBe('resolved');
    await post({ app_version: '1.10.0' });
    expect(await statusOf()).toBe('open');
  });

  test('the newest version seen so far counts, whatever came last', async () => {
    await post({ app_version: '1.10.0' }, { app_version: '1.9.0' });
    await patch(await theGroup(), { status: 'resolved' });
    await post({ app_version: '1.9.5' });
    expect(await statusOf()).toBe('resolved');
  });

  test('an ignored group stays ignored', async () => {
    await post({ app_version: '1.9.0' });
    await patch(await theGroup(), { status: 'ignored' });
    await post({ app_version: '3.0.0' });
    expect(await statusOf()).toBe('ignored');
  });

  test('stays open when retention takes the crash that opened it', async () => {
    await post({ app_version: '1.9.0', timestamp: '2026-06-11T10:00:00.000Z' });
    await patch(await theGroup(), { status: 'resolved' });
    await post({ app_version: '1.10.0' });
    expect(await statusOf()).toBe('open');
    await server.pool.query(`delete from crashes where app_version = '1.10.0'`);
    expect(await statusOf()).toBe('open');
  });

  test.each([[{ status: 'fixed' }], [{}], [null], ['resolved']])('refuses %j', async (body) => {
    await post({});
    const response = await patch(await theGroup(), body);
    expect(response.status).toBe(400);
    expect(await statusOf()).toBe('open');
  });

  test.each(['v1-0000000000000000', 'a%b', '\0'])('does not know %j', async (fingerprint) => {
    expect((await patch(fingerprint, { status: 'open' })).status).toBe(404);
  });
});
