/** The HTTP transport against real servers, by Node's own client and by a host's `fetch`. */
import { spawn } from 'node:child_process';

import { describe, expect, onTestFinished, test } from 'vitest';

import { httpTransport, type HttpTransportOptions } from '../../../lib/delivery/http-transport.ts';
import type { Transport } from '../../../lib/delivery/transport.ts';
import type { Batch } from '../../../lib/record/batch.ts';
import {
  acceptAll,
  startAnsweringServer,
  verdict,
  type AnsweringServer,
  type Answering,
} from '../../helpers/answering-server.ts';
import { makeCrash, makeEvent } from '../../helpers/records.ts';

const never = new AbortController().signal;

async function serve(answering?: Answering): Promise<AnsweringServer> {
  const server = await startAnsweringServer(answering);
  onTestFinished(() => server.close());
  return server;
}

function events(count: number): Batch {
  const records = Array.from({ length: count }, () => makeEvent());
  return { kind: 'events', body: { sent_at: new Date().toISOString(), events: records } };
}

describe.each([
  ['Node', {}],
  ['a host that brings fetch', { fetch: () => Promise.resolve(globalThis.fetch) }],
] as const)('by %s', (_name, host) => {
  function connect(options: HttpTransportOptions): Transport {
    const transport = httpTransport({ ...host, ...options });
    onTestFinished(() => transport.close?.());
    return transport;
  }

  test('events go to /track and crashes to /crash, with the key', async () => {
    const server = await serve();
    const transport = connect({ endpoint: `${server.url}/some/prefix/`, ingestKey: 'pub_key' });
    const crashes: Batch = {
      kind: 'crashes',
      body: { sent_at: new Date().toISOString(), dropped: { age: 3 }, crashes: [makeCrash()] },
    };
    expect(await transport.send(events(2), never)).toEqual({ status: 'settled', rejected: [] });
    expect(await transport.send(crashes, never)).toEqual({ status: 'settled', rejected: [] });
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /some/prefix/track',
      'POST /some/prefix/crash',
    ]);
    expect(server.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer pub_key',
      'content-type': 'application/json',
    });
    expect(JSON.parse(server.asked[1]?.text ?? '')).toEqual(crashes.body);
  });

  test('a small body travels as it is, a larger one compressed', async () => {
    const server = await serve();
    const transport = connect({ endpoint: server.url });
    await transport.send(events(1), never);
    await transport.send(events(100), never);
    const [small, large] = server.asked;
    expect(small?.headers['content-encoding']).toBeUndefined();
    expect(large?.headers['content-encoding']).toBe('zstd');
    expect(large!.bytes).toBeLessThan(large!.text.length / 3);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await serve();
    const server = await serve(() => ({ status: 307, headers: { Location: `${elsewhere.url}/track` } }));
    const result = await connect({ endpoint: server.url }).send(events(1), never);
    expect(result.status).toBe('retry');
    expect(elsewhere.asked).toEqual([]);
  });

  test('a hanging server costs the time-out', async () => {
    const server = await serve(() => undefined);
    const transport = connect({ endpoint: server.url, requestTimeoutMs: 200 });
    await expect(transport.send(events(1), never)).rejects.toThrow('no progress for 200 ms');
  });

  test('a server that stops in the middle of its answer costs the time-out', async () => {
    const server = await serve((_asked, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('{"accepted":');
      return undefined;
    });
    const transport = connect({ endpoint: server.url, requestTimeoutMs: 200 });
    await expect(transport.send(events(1), never)).rejects.toThrow();
  });

  test('an answer that comes in slowly, but comes, is waited for', async () => {
    const server = await serve((_asked, response) => {
      response.writeHead(200);
      const parts = JSON.stringify(verdict(1)).match(/.{1,16}/g) ?? [];
      const next = (): void => {
        const part = parts.shift();
        if (part === undefined) response.end();
        else response.write(part, () => setTimeout(next, 500));
      };
      next();
      return undefined;
    });
    const transport = connect({ endpoint: server.url, requestTimeoutMs: 1_500 });
    expect(await transport.send(events(1), never)).toEqual({ status: 'settled', rejected: [] });
  });

  test('an answer without end is given up', async () => {
    const server = await serve((_asked, response) => {
      response.writeHead(200);
      const more = (): boolean => response.write('x'.repeat(65_536)) && more();
      response.on('drain', more);
      more();
      return undefined;
    });
    await expect(connect({ endpoint: server.url }).send(events(1), never)).rejects.toThrow('too long');
  });

  test('a connection that breaks, or is refused, is an error', async () => {
    const server = await serve((_asked, response) => void response.destroy());
    await expect(connect({ endpoint: server.url }).send(events(1), never)).rejects.toThrow();
    await server.close();
    await expect(connect({ endpoint: server.url }).send(events(1), never)).rejects.toThrow();
  });

  test('a request can be aborted', async () => {
    const controller = new AbortController();
    const server = await serve(() => {
      controller.abort();
      return undefined;
    });
    await expect(connect({ endpoint: server.url }).send(events(1), controller.signal)).rejects.toThrow();
  });

  describe('a user', () => {
    const userId = '124658b2-a3c7-472c-ad06-edca6e363409';

    test('is exported', async () => {
      const data = { user_id: userId, events: [{ event: 'app_opened' }], crashes: [] };
      const server = await serve(() => ({ body: data }));
      const transport = connect({ endpoint: server.url, ingestKey: 'pub_key' });
      expect(await transport.exportUser?.(userId, never)).toEqual(data);
      expect(server.asked[0]).toMatchObject({ method: 'GET', url: `/users/${userId}/data` });
      expect(server.asked[0]?.headers.authorization).toBe('Bearer pub_key');
    });

    test('of whom nothing is stored has empty lists', async () => {
      const server = await serve(() => ({
        status: 404,
        body: { error: { code: 'not_found', message: 'no such user' } },
      }));
      expect(await connect({ endpoint: server.url }).exportUser?.(userId, never)).toEqual({
        user_id: userId,
        events: [],
        crashes: [],
      });
    });

    test.each([
      ["somebody else's 404", { status: 404, body: 'not found' }],
      ['a captive portal', { body: '<html>' }],
      ['an error', { status: 503 }],
      ["another user's data", { body: { user_id: 'x', events: [], crashes: [] } }],
    ])('is not exported by %s', async (_what, reply) => {
      const server = await serve(() => reply);
      await expect(connect({ endpoint: server.url }).exportUser?.(userId, never)).rejects.toThrow('HTTP');
    });

    test('is erased', async () => {
      const server = await serve(() => ({ body: { deleted: { events: 3, crashes: 1 } } }));
      const transport = connect({ endpoint: server.url, ingestKey: 'pub_key' });
      expect(await transport.eraseUser?.(userId, never)).toEqual({ events: 3, crashes: 1 });
      expect(server.asked[0]).toMatchObject({ method: 'DELETE', url: `/users/${userId}` });
    });

    test.each([
      ['a captive portal', { body: '<html>' }],
      ['404', { status: 404, body: { error: { code: 'not_found' } } }],
      ['an error', { status: 500, body: { deleted: { events: 0, crashes: 0 } } }],
    ])('is not erased by %s', async (_what, reply) => {
      const server = await serve(() => reply);
      await expect(connect({ endpoint: server.url }).eraseUser?.(userId, never)).rejects.toThrow('HTTP');
    });
  });
});

test('connections serve many requests', async () => {
  const ports = new Set<number | undefined>();
  const server = await serve((asked, response) => {
    ports.add(response.socket?.remotePort);
    return acceptAll(asked);
  });
  const transport = httpTransport({ endpoint: server.url });
  onTestFinished(() => transport.close?.());
  for (let i = 0; i < 5; i += 1) await transport.send(events(1), never);
  expect(ports.size).toBeLessThan(5); // the pool opens a second one where the first is not yet free
});

test('a request under way does not keep the process alive', async () => {
  const server = await serve(() => undefined);
  const program = `
    import { httpTransport } from './lib/delivery/http-transport.ts';
    const transport = httpTransport({ endpoint: '${server.url}' });
    const batch = { kind: 'events', body: { sent_at: '', events: [] } };
    transport.send(batch, new AbortController().signal).catch(() => {});
    // Alive until the server has the request, then nothing but the request is left.
    const timer = setInterval(() => process.stdin.read() && clearInterval(timer) , 10);
    process.stdin.unref?.();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await expect.poll(() => server.asked.length, { timeout: 20_000 }).toBe(1);
  child.stdin.end('go on');
  expect(await exited).toBe(0);
}, 60_000);

test.each([
  [{ endpoint: 'telemetry.example.com' }, 'endpoint'],
  [{ endpoint: 'ftp://example.com' }, 'endpoint'],
  [{ endpoint: 'https://name:secret@example.com' }, 'endpoint'],
  [{ endpoint: 'https://example.com', ingestKey: 'a key' }, 'ingestKey'],
])('wrong options are named: %o', (options, name) => {
  expect(() => httpTransport(options)).toThrow(
    expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining(`${name}: `) }),
  );
});
