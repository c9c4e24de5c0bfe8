/** The library against the real server and PostgreSQL: exactly once, whatever the line does. */
import { createServer, connect, type AddressInfo, type Server } from 'node:net';

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { startTelemetry, type Telemetry, type TelemetryOptions } from '../../lib/index.ts';
import { recordFromProcesses } from '../helpers/processes.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

function start(options: TelemetryOptions = {}): Telemetry {
  const telemetry = startTelemetry({
    endpoint: server.url,
    dataDir: tempDir(),
    flushIntervalMs: 1_000_000,
    flushAt: 1_000_000,
    logger: () => {},
    ...options,
  });
  onTestFinished(() => telemetry.close());
  return telemetry;
}

async function stored(userId: string): Promise<{ events: string[]; crashes: string[] }> {
  const ids = async (table: string): Promise<string[]> => {
    const { rows } = await server.pool.query<{ event_id: string }>(
      `select event_id from ${table} where user_id = $1`,
      [userId],
    );
    return rows.map(({ event_id }) => event_id).toSorted();
  };
  return { events: await ids('events'), crashes: await ids('crashes') };
}

/** Passes bytes on, but cuts each of the first connections after the server's first bytes of answer, unread. */
async function startCuttingProxy(cuts: number): Promise<{ url: string; server: Server }> {
  const target = new URL(server.url);
  let left = cuts;
  const proxy = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      if (left > 0) {
        left -= 1;
        client.destroy();
      } else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, server: proxy };
}

test('what was tracked is stored as it was tracked', async () => {
  const telemetry = start({ country: 'DE', appVersion: '1.2.3' });
  telemetry.track('recording_completed', { audio_duration_seconds: 12.5, source: 'widget', success: true });
  telemetry.captureException(new Error('could not import'), { where: 'import' });
  const waiting = telemetry.peek();
  expect(await telemetry.flush()).toEqual({ sent: 2, rejected: 0, remaining: 0 });
  const { server: data } = await telemetry.exportMyData();
  expect(data?.crashes).toMatchObject([{ ...waiting[0], context: { where: 'import' } }]);
  expect(data?.events).toMatchObject([waiting[1]]);
});

test('a line that breaks after the server committed doubles nothing', async () => {
  const proxy = await startCuttingProxy(3);
  const telemetry = start({ endpoint: proxy.url });
  for (let i = 0; i < 700; i += 1) telemetry.track('app_opened');
  for (let i = 0; i < 3; i += 1) telemetry.captureException(new Error(`number ${i}`));
  const waiting = telemetry.peek(1_000);
  for (
    let tries = 0;
    tries < 10 && telemetry.pending().events + telemetry.pending().crashes > 0;
    tries += 1
  ) {
    await telemetry.flush();
  }
  expect(telemetry.pending()).toMatchObject({ events: 0, crashes: 0, dropped: {} });
  const isCrash = (record: object): boolean => 'crash_type' in record;
  const ids = (crashes: boolean): string[] =>
    waiting
      .filter((record) => isCrash(record) === crashes)
      .map(({ event_id }) => event_id)
      .toSorted();
  expect(await stored(telemetry.userId)).toEqual({ events: ids(false), crashes: ids(true) });
});

test('a user who is forgotten is erased, and goes on as somebody new', async () => {
  const telemetry = start();
  const old = telemetry.userId;
  telemetry.track('app_opened');
  telemetry.captureException(new Error('x'));
  await telemetry.flush();
  expect(await telemetry.forgetMe()).toEqual({ deleted: { events: 1, crashes: 1 } });
  expect(await stored(old)).toEqual({ events: [], crashes: [] });
  telemetry.track('app_opened');
  expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
  expect((await stored(telemetry.userId)).events).toHaveLength(1);
});

test('a wrong key keeps everything', async () => {
  const locked = await startTestServer({ config: { ingestKeys: ['pub_right'] }, database: server.database });
  onTestFinished(() => locked.close());
  const dataDir = tempDir();
  const wrong = start({ endpoint: locked.url, ingestKey: 'pub_wrong', dataDir });
  wrong.track('app_opened');
  expect(await wrong.flush()).toEqual({ sent: 0, rejected: 0, remaining: 1 });
  await wrong.close();
  const right = start({ endpoint: locked.url, ingestKey: 'pub_right', dataDir });
  expect(await right.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
});

test('several processes on one folder: each record is stored once', async () => {
  expect(await recordFromProcesses(server, tempDir(), 3, 100)).toEqual({
    users: 1,
    dropped: [{}, {}, {}],
    stored: { events: 300, ids: 300, sum: 3 * 5_050 },
  });
}, 120_000);
