/** The server as an HTTP server: encodings, limits, errors, keys, other sites. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const PACK = {
  gzip: promisify(zlib.gzip),
  deflate: promisify(zlib.deflate),
  br: promisify(zlib.brotliCompress),
  zstd: promisify(zlib.zstdCompress),
} as const;
type Encoding = keyof typeof PACK;
const ENCODINGS = Object.keys(PACK) as Encoding[];

const KEY = 'pub_one';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    config: { ingestKeys: [KEY, 'pub_two'], corsOrigins: ['https://app.example.com'] },
  });
});
afterAll(() => server.close());

const authorized = { authorization: `Bearer ${KEY}` };
const errorBody = (code: string) => ({ error: { code, message: expect.any(String) as string } });

async function send(
  body: string | Buffer | undefined,
  headers: Record<string, string> = {},
  path = '/track',
  method = 'POST',
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...authorized, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text), headers: answer.headers };
}

describe('bodies', () => {
  test.each(ENCODINGS)('%s is unpacked', async (encoding) => {
    const packed = await PACK[encoding](Buffer.from(JSON.stringify({ events: [makeEvent()] })));
    expect(await send(packed, { 'content-encoding': encoding })).toMatchObject({
      status: 200,
      body: { accepted: 1 },
    });
  });

  test.each(ENCODINGS)('unpacking %s stops at 8 MiB', async (encoding) => {
    const bomb = await PACK[encoding](Buffer.alloc(8 * 1024 * 1024 + 1, ' '));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(await send(bomb, { 'content-encoding': encoding })).toMatchObject({
      status: 413,
      body: errorBody('too_large'),
    });
  });

  test('a body over 1 MiB as sent is too large, told or not', async () => {
    const large = randomBytes(1024 * 1024 + 1).toString('latin1');
    expect(await send(large)).toMatchObject({ status: 413, body: errorBody('too_large') });
    const streamed: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorized },
      body: new ReadableStream({
        start(controller) {
          for (let chunk = 0; chunk < 20; chunk += 1) controller.enqueue(new Uint8Array(64 * 1024));
          controller.close();
        },
      }),
      duplex: 'half',
    };
    expect((await fetch(`${server.url}/track`, streamed)).status).toBe(413);
  });

  test.each([
    ['too large', KEY, 413],
    ['with a wrong key', 'pub_wrong', 401],
  ])(
    'the answer to a body %s arrives, though the connection is closed after it',
    async (_what, key, status) => {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      let answer = '';
      const failures: Error[] = [];
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      socket.on('error', (error) => failures.push(error));
      const ended = new Promise((resolve) => socket.once('close', resolve));
      const head = [
        'POST /track HTTP/1.1',
        `Host: ${hostname}`,
        'Connection: close',
        `Authorization: Bearer ${key}`,
        'Content-Type: application/json',
        'Content-Length: 12000000',
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      for (let part = 0; part < 12; part += 1) {
        if (!socket.write(' '.repeat(1_000_000))) await Promise.race([once(socket, 'drain'), ended]);
      }
      await ended;
      expect(failures).toEqual([]);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    },
  );

  test('a batch may be almost 1 MiB', async () => {
    const padding = ' '.repeat(1024 * 1024 - 2_000);
    expect(await send(`${padding}${JSON.stringify({ events: [makeEvent()] })}`)).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['no JSON', '{"events":'],
    ['nothing', ''],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s is malformed', async (_what, body) => {
    expect(await send(body)).toMatchObject({ status: 400, body: errorBody('malformed_json') });
  });

  test('a body that is not what its encoding says is malformed', async () => {
    for (const encoding of ENCODINGS) {
      expect(await send('{}', { 'content-encoding': encoding })).toMatchObject({
        status: 400,
        body: errorBody('malformed_json'),
      });
    }
    const twice = await PACK.gzip(await PACK.gzip(JSON.stringify({ events: [makeEvent()] })));
    expect(await send(twice, { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 });
  });

  test.each(['gzip, gzip', 'gzip, br', 'compress', '__proto__', 'constructor'])(
    'Content-Encoding %s is unsupported',
    async (encoding) => {
      expect(await send('{}', { 'content-encoding': encoding })).toMatchObject({
        status: 415,
        body: errorBody('unsupported_media_type'),
      });
    },
  );

  test.each(['text/plain', 'application/json; charset=utf-16', 'multipart/form-data', 'application/jsonx'])(
    'Content-Type %s is unsupported',
    async (type) => {
      expect(await send('{}', { 'content-type': type })).toMatchObject({
        status: 415,
        body: errorBody('unsupported_media_type'),
      });
    },
  );

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset="UTF-8"'])(
    'Content-Type %s is JSON',
    async (type) => {
      expect(await send(JSON.stringify(makeEvent()), { 'content-type': type })).toMatchObject({
        status: 200,
      });
    },
  );

  test.each([
    'null',
    '[]',
    '"text"',
    '7',
    '{}',
    '{"sent_at":"2026-06-01T00:00:00Z"}',
    '{"events":{}}',
    '{"events":[]}',
  ])('%s is no batch', async (body) => {
    expect(await send(body)).toMatchObject({ status: 400, body: errorBody('invalid_batch') });
  });

  test('a batch of 501 events or 51 crashes is no batch', async () => {
    const many = { events: Array(501).fill(0), crashes: Array(51).fill(0) };
    for (const path of ['/track', '/crash']) {
      expect(await send(JSON.stringify(many), {}, path)).toMatchObject({
        status: 400,
        body: errorBody('invalid_batch'),
      });
    }
    expect(await send(JSON.stringify({ events: Array(500).fill(0) }))).toMatchObject({ status: 200 });
  });

  test('properties named like JavaScript internals stay properties', async () => {
    const body = `{"events":[${JSON.stringify(makeEvent())
      .replace('"properties":{', '"properties":{"__proto__":{"polluted":1},"constructor":2,')
      .replace('{', '{"__proto__":{"polluted":1},')}]}`;
    expect(await send(body)).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('JSON nested a million deep is answered, not crashed on', async () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    expect(await send(deep)).toMatchObject({ status: 400 });
    const inContext = `{"crashes":[{"context":{"a":${deep}}}]}`;
    expect(await send(inContext, {}, '/crash')).toMatchObject({ status: 200, body: { accepted: 0 } });
  });
});

describe('keys', () => {
  test('one of the ingest keys is needed on every ingest route', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer pub_three', `Basic ${KEY}`, KEY]) {
      const headers = { authorization };
      expect(await send('{}', headers)).toMatchObject({ status: 401, body: errorBody('unauthorized') });
      expect((await send(undefined, headers, `/users/${makeEvent().user_id}/data`, 'GET')).status).toBe(401);
    }
    expect((await send(JSON.stringify(makeEvent()), { authorization: 'bearer pub_two' })).status).toBe(200);
  });

  test('the administrator gets in with name and password, the ingest key does not', async () => {
    const get = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/metrics`, { headers })).status;
    expect(await get({})).toBe(401);
    expect(await get(authorized)).toBe(401);
    expect(await get(server.adminHeaders)).toBe(200);
  });

  test('ten wrong passwords lock an address out, whatever comes then', async () => {
    const other = await startTestServer();
    try {
      const get = (headers: Record<string, string>) => fetch(`${other.url}/metrics`, { headers });
      const wrong = { authorization: `Basic ${btoa('admin:wrong')}` };
      for (let attempt = 0; attempt < 10; attempt += 1) expect((await get(wrong)).status).toBe(401);
      const locked = await get(other.adminHeaders);
      expect(locked.status).toBe(429);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
      expect(await locked.json()).toEqual(errorBody('rate_limited'));
    } finally {
      await other.close();
    }
  });

  test("another site's page cannot change anything with the browser's log-in", async () => {
    const answer = await send(
      '{"status":"resolved"}',
      {
        ...server.adminHeaders,
        'sec-fetch-site': 'cross-site',
      },
      '/stats/crash-groups/x',
      'PATCH',
    );
    expect(answer).toMatchObject({ status: 403, body: errorBody('forbidden') });
  });
});

describe('addresses and methods', () => {
  test.each([
    ['/nowhere', 'GET', 404, 'not_found'],
    ['/%', 'GET', 404, 'not_found'],
    [`/users/${'a'.repeat(300)}/data`, 'GET', 404, 'not_found'],
    ['/track', 'GET', 405, 'method_not_allowed'],
    ['/track?x=1', 'DELETE', 405, 'method_not_allowed'],
    ['/health', 'POST', 405, 'method_not_allowed'],
    ['/users/x/data', 'PUT', 405, 'method_not_allowed'],
  ])('%s with %s', async (path, method, status, code) => {
    const answer = await send(undefined, {}, path, method);
    expect(answer).toMatchObject({ status, body: errorBody(code) });
    if (status === 405) expect(answer.headers.get('allow')).toBeTruthy();
  });

  test('OPTIONS says what an address takes, HEAD answers like GET without the body', async () => {
    const options = await fetch(`${server.url}/health`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD']);
    const head = await fetch(`${server.url}/health`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('a page of an allowed origin may send, one of another may not', async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/track`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/authorization/i);
    const refused = await preflight('https://evil.example.com');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const sent = await send(JSON.stringify(makeEvent()), { origin: 'https://app.example.com' });
    expect(sent.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const failed = await send('{}', { origin: 'https://app.example.com', authorization: 'Bearer wrong' });
    expect([failed.status, failed.headers.get('access-control-allow-origin')]).toEqual([
      401,
      'https://app.example.com',
    ]);
  });

  test('health tells the version to everybody', async () => {
    const answer = await (await fetch(`${server.url}/health`)).json();
    expect(answer).toMatchObject({
      status: 'ok',
      database: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  test('answers bear the headers that keep browsers in check', async () => {
    const { headers } = await send(JSON.stringify(makeEvent()));
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    const page = await fetch(`${server.url}/metrics`, { headers: server.adminHeaders });
    expect(page.headers.get('content-security-policy')).toMatch(
      /script-src 'self';.*require-trusted-types-for 'script'/,
    );
  });
});

describe('limits', () => {
  test('requests over the rate from one address are told when to come back', async () => {
    const limited = await startTestServer({ config: { rateLimit: 3, trustProxy: 1 } });
    try {
      const post = (address: string) =>
        fetch(`${limited.url}/track`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
          body: JSON.stringify(makeEvent()),
        });
      for (let turn = 0; turn < 3; turn += 1) expect((await post('203.0.113.7')).status).toBe(200);
      const refused = await post('203.0.113.7');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toEqual(errorBody('rate_limited'));
      expect((await post('203.0.113.8')).status).toBe(200);
      expect((await post('2001:db8::1')).status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  test.each([
    ['headers over 16 KiB', `GET /health HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['no HTTP', 'HELLO\r\n\r\n', 400],
  ])('%s get an answer', async (_what, request, status) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.end(request);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    await once(socket, 'close');
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toEqual(errorBody(expect.any(String) as string));
  });
});
