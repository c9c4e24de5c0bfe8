/** The server and its database: gone and back, refusing a value, shared by several servers, kept small. */
import { randomUUID } from 'node:crypto';
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, inject, test, vi } from 'vitest';

import { removeExpired } from '../../server/jobs/retention.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';
import { type TestDatabase, createTestDatabase } from '../helpers/postgres.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';

const PATIENTLY = { timeout: 25_000, interval: 50 };
const open: { close: () => Promise<unknown> }[] = [];
async function start(...options: Parameters<typeof startTestServer>): Promise<TestServer> {
  const server = await startTestServer(...options);
  open.push(server);
  return server;
}
afterEach(async () => {
  for (const { close } of open.splice(0).reverse()) await close();
});

/** A way to the database that can be cut and mended. */
async function openWay(database: TestDatabase) {
  const target = new URL(database.url);
  const sockets = new Set<Socket>();
  const pipe = (client: Socket): void => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  };
  let listener: Server | undefined;
  const mend = async (port = 0): Promise<number> => {
    listener = createServer(pipe);
    const listening = listener;
    await new Promise<void>((resolve) => {
      listening.listen(port, '127.0.0.1', resolve);
    });
    return (listening.address() as AddressInfo).port;
  };
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => listener?.close(resolve));
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  };
  const port = await mend();
  const url = new URL(database.url);
  url.port = String(port);
  return { url: url.href, cut, mend: () => mend(port) };
}

describe('database away', () => {
  test('503 with Retry-After while it is gone, and on it goes when it is back', async () => {
    const database = await createTestDatabase(inject('postgres'));
    open.push({ close: () => database.drop() });
    const way = await openWay(database);
    open.push({ close: () => way.cut() });
    const server = await start({ database: { ...database, url: way.url } });
    const event = makeEvent();
    expect((await server.post('/track', event)).status).toBe(200);

    await way.cut();
    const answer = await fetch(`${server.url}/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(makeEvent()),
    });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error: { code: 'unavailable' } });
    const health = await fetch(`${server.url}/health`);
    expect([health.status, await health.json()]).toMatchObject([
      503,
      { status: 'unavailable', database: 'away' },
    ]);

    await way.mend();
    await vi.waitFor(async () => {
      expect(await server.post('/track', event)).toMatchObject({ status: 200, body: { duplicates: 1 } });
    }, PATIENTLY);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test('requests in flight when every connection is ended are answered 200 or 503, never else', async () => {
    const server = await start();
    const posts = Array.from({ length: 40 }, () =>
      server.post('/track', { events: [makeEvent(), makeEvent()] }),
    );
    await server.pool
      .query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      )
      .catch(() => {});
    const statuses = new Set((await Promise.all(posts)).map(({ status }) => status));
    expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
    await vi.waitFor(
      async () => expect((await server.post('/track', makeEvent())).status).toBe(200),
      PATIENTLY,
    );
  });
});

test('a value that the database refuses costs its own record only', async () => {
  const server = await start();
  await server.pool.query(`alter table events add constraint odd check (app_version <> 'refused')`);
  const events = Array.from({ length: 9 }, (_, index) =>
    makeEvent({ app_version: index % 4 === 1 ? 'refused' : '1.0.0' }),
  );
  const answer = await server.post('/track', { events });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      accepted: 7,
      rejected: [
        {
          index: 1,
          event_id: events[1]!.event_id,
          code: 'invalid_event',
          message: 'holds a value that cannot be stored',
        },
        { index: 5, code: 'invalid_event' },
      ],
    },
  });
});

test('three servers on one database store what one would', async () => {
  const first = await start();
  const servers = [
    first,
    await start({ database: first.database }),
    await start({ database: first.database }),
  ];
  const userId = randomUUID();
  const events = Array.from({ length: 60 }, () => makeEvent({ user_id: userId }));
  const crashes = Array.from({ length: 10 }, () => makeCrash({ user_id: userId }));
  const answers = await Promise.all(
    Array.from({ length: 18 }, (_, turn) => {
      const server = servers[turn % 3]!;
      if (turn % 6 === 5) return server.post('/crash', { crashes });
      return server.post('/track', { events: turn % 2 ? events : events.toReversed() });
    }),
  );
  const sum = (key: string) =>
    answers.reduce((total, { body }) => total + (body as Record<string, number>)[key]!, 0);
  expect([sum('accepted'), sum('duplicates')]).toEqual([70, 15 * 60 + 3 * 10 - 70]);
  const stats = await Promise.all(
    servers.map(async ({ url, adminHeaders }) =>
      (await fetch(`${url}/stats`, { headers: adminHeaders })).text(),
    ),
  );
  expect(new Set(stats.map((text) => text.replace(/"as_of":"[^"]+"/, ''))).size).toBe(1);
});

describe('retention', () => {
  const NOW = Date.parse('2026-06-15T12:00:00Z');
  const daysAgo = (days: number): string => new Date(NOW - days * 86_400_000).toISOString();

  test('removes whole days before it, nothing after it, once among several servers', async () => {
    const server = await start({ now: () => NOW, config: { retentionDays: 5_000 } });
    const [old, young] = [randomUUID(), randomUUID()];
    await server.post('/track', {
      events: [31, 40, 400].map((days) => makeEvent({ user_id: old, timestamp: daysAgo(days) })),
    });
    await server.post('/track', {
      events: [0, 29, 30, 31, 32].map((days) => makeEvent({ user_id: young, timestamp: daysAgo(days) })),
      user_id: young,
    });
    await server.post('/crash', { crashes: [makeCrash({ user_id: old, timestamp: daysAgo(50) })] });
    const reports = await Promise.all(
      [1, 2].map(() => removeExpired(server.pool, { retentionDays: 30, now: NOW })),
    );
    const done = reports.filter((report) => report !== null);
    expect(done.reduce((total, { events }) => total + events, 0)).toBe(5);
    expect(done.reduce((total, { crashes }) => total + crashes, 0)).toBe(1);
    const { rows } = await server.pool.query<{ user_id: string; events: number }>(
      'select user_id, count(*)::int as events from events group by user_id',
    );
    expect(rows).toEqual([{ user_id: young, events: 3 }]);
    const stats = await fetch(`${server.url}/stats?from=2026-05-01&to=2026-06-15`, {
      headers: server.adminHeaders,
    });
    expect(await stats.json()).toMatchObject({ growth: { total_users: 1 } });
  });

  test('gives back the space of marks, and does not wait long for it', async () => {
    const server = await start({ now: () => NOW });
    const { pool } = server;
    const indexBytes = async () => {
      const { rows } = await pool.query<{ bytes: string }>(
        `select pg_relation_size('dirty_user_days_day') as bytes`,
      );
      return Number(rows[0]!.bytes);
    };
    await pool.query(
      `insert into dirty_user_days (user_id, day)
       select gen_random_uuid(), date '2026-01-01' + n % 100 from generate_series(1, 100000) n`,
    );
    await pool.query('delete from dirty_user_days');
    await pool.query('vacuum dirty_user_days');
    const flooded = await indexBytes();
    const writer = await pool.connect();
    try {
      await writer.query('begin; lock dirty_user_days in row exclusive mode');
      await removeExpired(pool, { retentionDays: 30, now: NOW });
      expect(await indexBytes()).toBe(flooded);
      await writer.query('commit');
    } finally {
      writer.release();
    }
    await removeExpired(pool, { retentionDays: 30, now: NOW });
    // One empty page is left, which is all that a cluster's coordinator ever has.
    expect(await indexBytes()).toBeLessThanOrEqual(8_192);
  });

  test('works in steps and can be stopped between two', async () => {
    const server = await start({ now: () => NOW, config: { retentionDays: 5_000 } });
    await server.pool.query(
      `insert into events (user_id, event_id, timestamp, event, app_version, platform, environment, properties)
       select gen_random_uuid(), gen_random_uuid(), '2020-01-01Z', 'app_opened', '1', 'x', 'production', '{}'
       from generate_series(1, 5000)`,
    );
    let asked = 0;
    const stopped = () => (asked += 1) > 1;
    expect(await removeExpired(server.pool, { retentionDays: 30, now: NOW, stopped })).toMatchObject({
      events: 2_000,
    });
    expect(await removeExpired(server.pool, { retentionDays: 30, now: NOW })).toMatchObject({
      events: 3_000,
    });
  });
});
