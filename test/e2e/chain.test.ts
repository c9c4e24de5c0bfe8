/**
 * The main job, from a button in a real page to a row in a real database: the Stories app as it is built, its main
 * process and SQLite file, the server and its PostgreSQL.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';

import { buildStories } from '../../demo/build.ts';
import { startStories, type StoriesApp } from '../../demo/tour/stories-app.ts';
import type { CrashRecord } from '../../lib/record/crash.ts';
import type { EventRecord } from '../../lib/record/event.ts';
import { estimateTranscriptionCost } from '../../lib/record/index.ts';
import { createTestDatabase } from '../helpers/postgres.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const TIMEOUT_MS = 240_000;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roost-stories-'));
  await buildStories(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server that can go and come back under its address, and what its database holds. */
interface RestartableServer {
  url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  events(): Promise<EventRecord[]>;
  crashes(): Promise<CrashRecord[]>;
}

async function startRestartableServer(): Promise<RestartableServer> {
  const database = await createTestDatabase(inject('postgres'));
  let server: TestServer | undefined = await startTestServer({ database });
  const { url } = server;
  const port = Number(new URL(url).port);
  const stop = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  onTestFinished(async () => {
    await stop();
    await database.drop();
  });
  const rows = async <T>(table: 'events' | 'crashes'): Promise<T[]> =>
    (await server!.pool.query(`select * from ${table} order by timestamp, event_id`)).rows as T[];
  return {
    url,
    stop,
    async start() {
      server = await startTestServer({ database, config: { port } });
    },
    events: () => rows<EventRecord>('events'),
    crashes: () => rows<CrashRecord>('crashes'),
  };
}

async function openStories(endpoint: string, userData = tempDir()): Promise<StoriesApp> {
  const app = await startStories({
    folder,
    endpoint,
    ingestKey: 'pub_test',
    userData,
    speed: 60,
    electron: null,
  });
  onTestFinished(async () => void (await app.kill()));
  return app;
}

const namesOf = (events: EventRecord[]): string[] => events.map(({ event }) => event);

test('fresh install: an id is made and events are sent', { timeout: TIMEOUT_MS }, async () => {
  const server = await startRestartableServer();
  const app = await openStories(server.url);
  const { userId, usageEnabled } = await app.state();
  expect(userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(usageEnabled).toBe(true);
  await vi.waitFor(async () => {
    const events = await server.events();
    expect(events).toMatchObject([{ event: 'app_opened', user_id: userId, app_version: '1.0.0' }]);
  }, PATIENCE);
});

test('toggle off: events stop, crash reports go on', { timeout: TIMEOUT_MS }, async () => {
  const server = await startRestartableServer();
  const userData = tempDir();
  const app = await openStories(server.url, userData);
  await vi.waitFor(async () => expect(namesOf(await server.events())).toEqual(['app_opened']), PATIENCE);

  await app.click('roost-first-run-notice button.primary');
  await app.click('#open-settings');
  await app.click('roost-settings #usage');
  await vi.waitFor(async () => expect((await app.state()).usageEnabled).toBe(false), PATIENCE);
  expect(JSON.parse(readFileSync(join(userData, 'config.json'), 'utf8'))).toMatchObject({
    telemetry_enabled: false,
  });
  await app.evaluate(`document.querySelector('#settings').close()`);
  await app.tellStory();
  expect((await app.state()).pending.events).toBe(0);
  await app.evaluate(`document.querySelector('[data-crash=error]').click()`);

  await vi.waitFor(async () => {
    const crashes = await server.crashes();
    expect(crashes.map(({ crash_type }) => crash_type)).toEqual(['uncaught_error']);
  }, PATIENCE);
  expect(namesOf(await server.events())).toEqual(['app_opened']);
});

test('a recording is tracked with its properties', { timeout: TIMEOUT_MS }, async () => {
  const server = await startRestartableServer();
  const app = await openStories(server.url);
  await app.tellStory({ source: 'widget' });
  await app.flush();
  await vi.waitFor(async () => {
    expect(namesOf(await server.events())).toEqual([
      'app_opened',
      'recording_started',
      'recording_completed',
      'transcription_completed',
    ]);
  }, PATIENCE);
  const [, started, completed, transcribed] = await server.events();
  const seconds = Number(completed?.properties.audio_duration_seconds);
  expect(seconds).toBeGreaterThan(0);
  expect(started?.properties).toEqual({ source: 'widget' });
  expect(completed?.properties).toEqual({ audio_duration_seconds: seconds, source: 'widget', success: true });
  expect(transcribed?.properties).toEqual({
    audio_duration_seconds: seconds,
    processing_time_seconds: expect.any(Number),
    source: 'widget',
    success: true,
    estimated_cost_usd: estimateTranscriptionCost(seconds),
  });
  expect(completed?.session_id).toBe(started?.session_id);
});

test('a simulated crash arrives with its stack', { timeout: TIMEOUT_MS }, async () => {
  const server = await startRestartableServer();
  const userData = tempDir();
  const first = await openStories(server.url, userData);
  const { userId } = await first.state();
  const click = `document.querySelector('[data-crash=main]').click()`;
  await first.evaluate(click).catch(() => undefined); // the page may go before it answers
  expect(await first.ended).toMatchObject({ code: 1 });

  await openStories(server.url, userData);
  await vi.waitFor(async () => expect(await server.crashes()).toHaveLength(1), PATIENCE);
  const [crash] = await server.crashes();
  expect(crash).toMatchObject({
    crash_type: 'main_crash',
    user_id: userId,
    error_message: expect.stringContaining('The story machine has stopped'),
    stack_trace: expect.stringMatching(/app:\/\/main\.js:\d+:\d+/),
  });
  expect(crash?.stack_trace).not.toContain(folder);
});

test('offline: events wait, then are sent', { timeout: TIMEOUT_MS }, async () => {
  const server = await startRestartableServer();
  const app = await openStories(server.url);
  await vi.waitFor(async () => expect(namesOf(await server.events())).toEqual(['app_opened']), PATIENCE);

  await server.stop();
  await app.tellStory();
  await app.flush();
  const waiting = (await app.evaluate('window.roost.peek(20)')) as EventRecord[];
  expect(namesOf(waiting)).toEqual(['recording_started', 'recording_completed', 'transcription_completed']);
  expect((await app.state()).pending.events).toBe(3);

  await server.start();
  await app.flush();
  await vi.waitFor(async () => expect((await app.state()).pending.events).toBe(0), PATIENCE);
  const stored = (await server.events()).slice(1);
  expect(stored.map(({ event_id }) => event_id)).toEqual(waiting.map(({ event_id }) => event_id));
});
