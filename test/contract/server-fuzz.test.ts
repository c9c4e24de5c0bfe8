/** Hostile input of every shape: never a 500, never a dead server, never a broken figure. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

import * as fc from 'fast-check';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

/** In `npm test` the same cases every time, briefly; in `npm run test:full` new ones, for longer. */
const FULL = process.env.ROOST_TEST === 'full';
const LIMITS = {
  ...(FULL ? { numRuns: 5_000 } : { numRuns: 200, seed: 20_260_601 }),
  interruptAfterTimeLimit: FULL ? 60_000 : 1_500,
  markInterruptAsFailure: false,
} as const;
const ALLOWED = new Set([200, 400, 401, 403, 404, 405, 408, 413, 415, 429, 431]);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await expectAlive();
  await server.close();
});

/** After everything: it takes records, and its figures can be computed. */
async function expectAlive(): Promise<void> {
  expect(await server.post('/track', makeEvent())).toMatchObject({ status: 200, body: { accepted: 1 } });
  for (const path of ['/stats', '/stats/events', '/stats/recent', '/stats/crash-groups']) {
    const { status } = await fetch(`${server.url}${path}`, { headers: server.adminHeaders });
    expect([path, status]).toEqual([path, 200]);
  }
}

const NASTY_TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    "'; drop table events; --",
    '\0',
    'a\0b',
    '\ud800',
    '\udc00x',
    '\\u0000',
    '__proto__',
    'constructor',
    '$1',
    '${x}',
    '{"a":1}',
    'x'.repeat(70_000),
    '\u202e\u2028\ufeff',
    '😀'.repeat(250),
  ),
);
const NASTY_VALUE = fc.oneof(
  NASTY_TEXT,
  fc.constantFrom(null, true, 0, -0, 1e308, -1e308, 5e-324, 2 ** 53, 1e21),
  fc.double(),
  fc.jsonValue({ maxDepth: 4 }),
);
const broken = (make: () => object) =>
  fc
    .dictionary(fc.constantFrom(...Object.keys(make()), 'sent_at', 'extra'), NASTY_VALUE, { maxKeys: 4 })
    .map((changes) => Object.assign(make(), changes));

test.each([
  ['/track', 'events', broken(makeEvent)],
  ['/crash', 'crashes', broken(makeCrash)],
] as const)('broken records at %s: each gets its verdict', async (path, key, record) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      NASTY_VALUE,
      async (records, sentAt) => {
        const { status, body } = await server.post(path, { [key]: records, sent_at: sentAt });
        if (status === 413) return;
        expect(status).toBe(200);
        const { accepted, duplicates, rejected } = body as Record<string, number> & { rejected: unknown[] };
        expect(accepted! + duplicates! + rejected.length).toBe(records.length);
      },
    ),
    LIMITS,
  );
});

test('properties of every kind in every event of the catalogue', async () => {
  const names = Object.keys(server.app.config.catalogue);
  const properties = fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'audio_duration_seconds',
        'source',
        'success',
        'processing_time_seconds',
        'estimated_cost_usd',
        'count',
      ),
      NASTY_TEXT,
    ),
    NASTY_VALUE,
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), properties, async (event, given) => {
      const { status } = await server.post('/track', { ...makeEvent(), event, properties: given });
      expect(status).toBe(200);
    }),
    LIMITS,
  );
});

test('crash texts and contexts of every kind', async () => {
  const context = fc.dictionary(NASTY_TEXT, fc.jsonValue({ maxDepth: 8 }), { maxKeys: 5 });
  await fc.assert(
    fc.asyncProperty(NASTY_TEXT, NASTY_TEXT, context, async (message, stack, given) => {
      const crash = { ...makeCrash(), error_message: message, stack_trace: stack, context: given };
      expect(await server.post('/crash', crash)).toMatchObject({ status: 200, body: { accepted: 1 } });
    }),
    LIMITS,
  );
});

test('any JSON is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/track', '/crash'), fc.json({ maxDepth: 5 }), async (path, body) => {
      const { status } = await fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect([200, 400]).toContain(status);
    }),
    LIMITS,
  );
});

test('JSON that is cut, with duplicate keys, huge numbers or broken bytes', async () => {
  const good = JSON.stringify({ events: [makeEvent()] });
  const bodies = [
    ...Array.from({ length: 40 }, (_, index) => good.slice(0, Math.floor((good.length * index) / 40))),
    good.replace('"events"', '"events":7,"events"'),
    good.replace('0.8', '1e999'),
    good.replace('0.8', `0.${'1'.repeat(50_000)}`),
    good.replace('0.8', '9'.repeat(400)),
    good.replaceAll('"', "'"),
    Buffer.concat([Buffer.from(good), Buffer.from([0xc3, 0x28])]),
    Buffer.from(good, 'utf16le'),
    `\ufeff${good}`,
  ];
  for (const body of bodies) {
    const answer = await fetch(`${server.url}/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    expect([200, 400]).toContain(answer.status);
  }
});

test('any path, method and query', async () => {
  const path = fc.oneof(
    fc.webPath(),
    fc.constantFrom(
      '/stats',
      '/stats/funnel',
      '/stats/events/x',
      '/stats/crash-groups/%00',
      '/users/%ff/data',
      `/users/${randomUUID()}`,
    ),
  );
  const query = fc.oneof(
    fc.webQueryParameters(),
    fc.constantFrom('from=2026-01-01', 'from=%00', 'to=9999-99-99', 'steps=,,', 'app_version='),
  );
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD');
  await fc.assert(
    fc.asyncProperty(path, query, method, fc.boolean(), async (where, asked, how, admin) => {
      const { status } = await fetch(`${server.url}${where.startsWith('/') ? where : '/'}?${asked}`, {
        method: how,
        redirect: 'manual',
        ...(admin && { headers: server.adminHeaders }),
      });
      expect(
        ALLOWED.has(status) || status === 204 || status === 308
          ? 'fine'
          : `${how} ${where}?${asked}: ${status}`,
      ).toBe('fine');
    }),
    LIMITS,
  );
});

test('bytes that are hardly HTTP', async () => {
  const request = `POST /track HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`;
  const mutated = fc
    .array(fc.tuple(fc.nat(request.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 6,
    })
    .map((changes) => {
      const bytes = Buffer.from(request);
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        mutated,
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (bytes) => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
        let answer = '';
        socket.setEncoding('latin1').on('data', (chunk: string) => {
          answer += chunk;
        });
        socket.on('error', () => {});
        socket.end(bytes);
        await once(socket, 'close');
        const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
        if (status !== undefined) expect(ALLOWED.has(Number(status)) || status === '204').toBe(true);
      },
    ),
    LIMITS,
  );
});

test('numbers at the edge of what can be summed leave the figures computable', async () => {
  const huge = Array.from({ length: 4 }, () => ({
    ...makeEvent({ event_id: uuidV7() }),
    event: 'recording_completed',
    properties: {
      audio_duration_seconds: 1.7e308,
      source: 'widget',
      success: true,
      processing_time_seconds: 1.7e308,
      estimated_cost_usd: 1.7e308,
    },
  }));
  expect(await server.post('/track', { events: huge })).toMatchObject({ status: 200 });
  await expectAlive();
});
