/**
 * What a released version wrote is read by all that come after it: its queue file by the library, its requests by the
 * server, its server's answers by the library. `test/fixtures/released/<version>` is never changed, only added to.
 */
import { randomUUID } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { readAnswer } from '../../lib/delivery/http-answer.ts';
import { startTelemetry } from '../../lib/index.ts';
import type { CrashBody, TrackBody } from '../../lib/record/batch.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const RELEASED = join(import.meta.dirname, '../fixtures/released');

function read<T>(version: string, name: string): T {
  return JSON.parse(readFileSync(join(RELEASED, version, name), 'utf8')) as T;
}

/** A key of its own: a client of another test may still look for a server that had the same port. */
const KEY = randomUUID();
const authorized = { authorization: `Bearer ${KEY}` };

async function startServer(): Promise<TestServer> {
  const server = await startTestServer({ config: { ingestKeys: [KEY] } });
  onTestFinished(() => server.close());
  return server;
}

async function storedIds(server: TestServer): Promise<string[]> {
  const { rows } = await server.pool.query<{ event_id: string }>(
    'select event_id from events union all select event_id from crashes',
  );
  return rows.map(({ event_id }) => event_id).toSorted();
}

function idsOf({ events }: TrackBody, { crashes }: CrashBody): string[] {
  return [...events, ...crashes].map(({ event_id }) => event_id).toSorted();
}

for (const version of readdirSync(RELEASED)) {
  const events = read<TrackBody>(version, 'events.json');
  const crashes = read<CrashBody>(version, 'crashes.json');

  test(`the queue file of ${version} is sent whole`, { timeout: 120_000 }, async () => {
    const server = await startServer();
    const dataDir = tempDir();
    copyFileSync(join(RELEASED, version, 'queue.db'), join(dataDir, 'queue.db'));
    const telemetry = startTelemetry({
      dataDir,
      endpoint: server.url,
      ingestKey: KEY,
      maxAgeDays: 36_500,
      logger: () => {},
    });
    onTestFinished(() => telemetry.close());
    expect(telemetry.pending().health.problems).toEqual([]);
    await vi.waitFor(
      async () => {
        await telemetry.flush();
        expect(telemetry.pending()).toMatchObject({ events: 0, crashes: 0 });
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(telemetry.pending().dropped).toEqual(events.dropped);
    expect(await storedIds(server)).toEqual(idsOf(events, crashes));
  });

  test(`the requests of ${version} are taken, and again as duplicates`, { timeout: 120_000 }, async () => {
    const server = await startServer();
    const first = await server.post('/track', events, authorized);
    expect(first).toEqual({ status: 200, body: read(version, 'events-answer.json') });
    expect(await server.post('/track', events, authorized)).toMatchObject({
      status: 200,
      body: { accepted: 0, duplicates: events.events.length, stripped: 0, rejected: [] },
    });
    expect(await server.post('/crash', crashes, authorized)).toMatchObject({
      status: 200,
      body: { accepted: crashes.crashes.length, rejected: [] },
    });
    expect(await storedIds(server)).toEqual(idsOf(events, crashes));
  });

  test(`the answer of a server of ${version} settles a batch`, () => {
    const body = JSON.stringify(read(version, 'events-answer.json'));
    const result = readAnswer({ status: 200, retryAfter: null, body }, events.events.length, Date.now());
    expect(result).toEqual({ status: 'settled', rejected: [] });
  });
}
