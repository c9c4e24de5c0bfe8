/** What the library promises to an app in plain Node (the contract's sections on the library, consent and travel). */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { fileTransport } from '../../lib/delivery/file-transport.ts';
import { memoryTransport } from '../../lib/delivery/memory-transport.ts';
import { defineCatalogue } from '../../lib/record/index.ts';
import { RoostError, startTelemetry, type Telemetry, type TelemetryOptions } from '../../lib/index.ts';
import { crashSchema } from '../../lib/record/crash.ts';
import { eventSchema } from '../../lib/record/event.ts';
import {
  acceptAll,
  recordsOf,
  startAnsweringServer,
  type AnsweringServer,
  type Answering,
} from '../helpers/answering-server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const within = { timeout: 20_000, interval: 20 };

async function serve(answering?: Answering): Promise<AnsweringServer> {
  const server = await startAnsweringServer(answering);
  onTestFinished(() => server.close());
  return server;
}

interface Started extends Telemetry {
  dataDir: string;
  config: string;
  warnings: string[];
}

function start(options: TelemetryOptions = {}): Started {
  const dataDir = options.dataDir ?? tempDir();
  const config = options.configPath ?? join(dataDir, 'config.json');
  const warnings: string[] = [];
  const telemetry = startTelemetry({
    flushIntervalMs: 60_000,
    flushAt: 1_000_000,
    appVersion: '1.2.3',
    logger: (message) => void warnings.push(message),
    ...options,
    dataDir,
    configPath: config,
  });
  onTestFinished(() => telemetry.close());
  return Object.create(telemetry, {
    dataDir: { value: dataDir },
    config: { value: config },
    warnings: { value: warnings },
  }) as Started;
}

const completed = { audio_duration_seconds: 120, source: 'widget', success: true } as const;

describe('records', () => {
  test('an event is in the queue when track returns, and carries all that the contract lists', () => {
    const telemetry = start({ platform: 'macOS 15.1', country: 'DE' });
    telemetry.track('recording_completed', completed);
    const [event] = telemetry.peek();
    expect(event).toEqual({
      event_id: expect.stringMatching(UUID),
      user_id: telemetry.userId,
      session_id: telemetry.sessionId,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      event: 'recording_completed',
      properties: completed,
      app_version: '1.2.3',
      platform: 'macOS 15.1',
      country: 'DE',
      environment: 'production',
    });
    expect(eventSchema.safeParse(event).success).toBe(true);
    expect(event?.event_id[14]).toBe('7');
    expect(telemetry.userId[14]).toBe('4');
    expect(telemetry.pending()).toMatchObject({
      events: 1,
      crashes: 0,
      oldest: new Date(event!.timestamp),
      dropped: {},
      health: { durable: true, problems: [] },
      lastSent: null,
    });
  });

  test('a crash carries its context, scrubbed', () => {
    const telemetry = start({ osVersion: 'macOS 15.1' });
    telemetry.addBreadcrumb('clicked record');
    telemetry.captureException(new TypeError('no /Users/ada/Notes for ada@example.com'), { where: 'import' });
    const [crash] = telemetry.peek();
    expect(crash).toMatchObject({
      crash_type: 'handled_error',
      session_id: telemetry.sessionId,
      os_version: 'macOS 15.1',
      context: {
        process_type: 'node',
        where: 'import',
        breadcrumbs: [{ at: expect.any(String), message: 'clicked record' }],
      },
    });
    expect(crashSchema.safeParse(crash).success).toBe(true);
    expect(JSON.stringify(crash)).not.toMatch(/ada|example\.com/);
  });

  test('string properties are scrubbed, choices are not touched', () => {
    const catalogue = defineCatalogue({
      imported: {
        purpose: 'For the test.',
        properties: { note: { type: 'string' }, source: { type: 'enum', values: ['/Users/ada/x'] } },
      },
    });
    const dataDir = tempDir();
    const telemetry = startTelemetry({ catalogue, dataDir, logger: () => {} });
    onTestFinished(() => telemetry.close());
    telemetry.track('imported', { note: 'mail to ada@example.com', source: '/Users/ada/x' });
    const [event] = telemetry.peek();
    expect(event).toMatchObject({ properties: { source: '/Users/ada/x' } });
    expect(JSON.stringify(event)).not.toContain('example.com');
  });

  test('what is wrong is dropped, counted, and said once', () => {
    const telemetry = start();
    const track = telemetry.track as (name: unknown, properties?: unknown) => void;
    for (let i = 0; i < 3; i += 1) {
      track('no_such_event');
      track('recording_completed', { ...completed, audio_duration_seconds: '120' });
      track('app_opened', { startup_time_seconds: 1, colour: 'red' });
      track(Symbol('odd'));
      track('app_opened', {
        get startup_time_seconds() {
          throw new Error('getter');
        },
      });
    }
    expect(telemetry.peek()).toHaveLength(3);
    expect(telemetry.peek()[0]).toMatchObject({ properties: { startup_time_seconds: 1 } });
    expect(telemetry.pending().dropped).toEqual({
      unknown_event: 6,
      invalid_event: 3,
      unknown_property: 3,
      unreadable: 3,
    });
    expect(telemetry.warnings.filter((message) => message.includes('no_such_event'))).toHaveLength(1);
    expect(telemetry.warnings.join()).toContain('properties.audio_duration_seconds: expected number');
  });

  test('strict throws instead', async () => {
    const telemetry = start({ strict: true });
    const track = telemetry.track as (name: unknown, properties?: unknown) => void;
    const codeOf = (work: () => void): string => {
      try {
        work();
        return 'nothing thrown';
      } catch (error) {
        return error instanceof RoostError ? error.code : String(error);
      }
    };
    expect(codeOf(() => track('no_such_event'))).toBe('unknown_event');
    expect(codeOf(() => track('recording_completed', {}))).toBe('invalid_event');
    expect(codeOf(() => track('app_opened', { colour: 'red' }))).toBe('nothing thrown');
    await telemetry.close();
    expect(codeOf(() => telemetry.track('app_opened'))).toBe('closed');
    expect(codeOf(() => telemetry.captureException(new Error('x')))).toBe('closed');
  });

  test('after close nothing throws, and nothing is recorded', async () => {
    const server = await serve();
    const telemetry = start({ endpoint: server.url });
    telemetry.track('app_opened');
    await telemetry.close();
    await telemetry.close();
    telemetry.track('app_opened');
    telemetry.captureException(new Error('late'));
    telemetry.addBreadcrumb('late');
    telemetry.setEnabled(true);
    expect(await telemetry.flush()).toMatchObject({ sent: 0, rejected: 0 });
    expect(await telemetry.forgetMe()).toEqual({ pending: true });
    expect(server.asked).toEqual([]);
    expect(start({ dataDir: telemetry.dataDir }).pending().events).toBe(1);
  });
});

describe('sending', () => {
  test('flush sends all, and says what became of it', async () => {
    const server = await serve((asked) => {
      const records = recordsOf(asked);
      const rejected = records.flatMap(({ event, event_id }, index) =>
        event === 'app_opened' ? [{ index, event_id, code: 'too_old', message: 'too old' }] : [],
      );
      return {
        body: { accepted: 1, duplicates: records.length - rejected.length - 1, stripped: 0, rejected },
      };
    });
    const telemetry = start({ endpoint: server.url, ingestKey: 'pub_key' });
    telemetry.track('app_opened');
    telemetry.track('dictionary_used', { count: 1 });
    telemetry.track('dictionary_used', { count: 2 });
    telemetry.captureException(new Error('x'));
    const waiting = telemetry.peek();
    expect(await telemetry.flush()).toEqual({ sent: 3, rejected: 1, remaining: 0 });
    expect(server.asked.flatMap(recordsOf)).toEqual(waiting);
    expect(telemetry.pending()).toMatchObject({ dropped: { rejected_too_old: 1 } });
    expect(telemetry.pending().lastSent).toMatchObject({ at: expect.any(Date), records: expect.any(Number) });
    // Losses are told to the server with the next batch.
    telemetry.track('app_opened');
    await telemetry.flush();
    const body = JSON.parse(server.asked.at(-1)!.text) as Record<string, unknown>;
    expect(body).toMatchObject({ user_id: telemetry.userId, dropped: { rejected_too_old: 1 } });
    expect(Math.abs(Date.parse(String(body.sent_at)) - Date.now())).toBeLessThan(60_000);
  });

  test('records are sent by themselves, at flushAt or after flushIntervalMs', async () => {
    const server = await serve();
    const ten = start({ endpoint: server.url, flushAt: 10 });
    for (let i = 0; i < 10; i += 1) ten.track('app_opened');
    await expect.poll(() => ten.pending().events, within).toBe(0);
    const soon = start({ endpoint: server.url, flushIntervalMs: 100 });
    soon.track('app_opened');
    await expect.poll(() => soon.pending().events, within).toBe(0);
    expect(server.asked.flatMap(recordsOf)).toHaveLength(11);
  });

  test('offline: flush resolves, events wait and are sent later by another run', async () => {
    const server = await serve();
    await server.close();
    const telemetry = start({ endpoint: server.url });
    for (let i = 0; i < 5; i += 1) telemetry.track('app_opened');
    expect(await telemetry.flush()).toEqual({ sent: 0, rejected: 0, remaining: 5 });
    const waiting = telemetry.peek();
    await telemetry.close();
    const next = await serve();
    expect(await start({ dataDir: telemetry.dataDir, endpoint: next.url }).flush()).toEqual({
      sent: 5,
      rejected: 0,
      remaining: 0,
    });
    expect(next.asked.flatMap(recordsOf)).toEqual(waiting);
  });

  test('without an endpoint records stay, and one warning says so', async () => {
    const telemetry = start();
    telemetry.track('app_opened');
    expect(await telemetry.flush()).toEqual({ sent: 0, rejected: 0, remaining: 1 });
    expect(telemetry.warnings).toEqual(['Roost: no endpoint is set: records are kept, and not sent.']);
  });

  test('a transport of the app takes the place of HTTP', async () => {
    const transport = memoryTransport();
    const telemetry = start({ transport });
    telemetry.track('app_opened');
    expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
    expect(transport.records()).toMatchObject([{ event: 'app_opened' }]);
  });

  test('a handle keeps no process alive, not even with a request under way', async () => {
    const server = await serve(() => undefined);
    const program = `
      import { startTelemetry } from './lib/index.ts';
      const options = { endpoint: '${server.url}', dataDir: process.argv[1], flushAt: 1, logger: () => {} };
      const telemetry = startTelemetry(options);
      telemetry.track('app_opened');
      process.once('message', () => process.disconnect());
      process.send('recorded');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program, tempDir()], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await expect.poll(() => server.asked.length, within).toBe(1);
    child.send('go');
    expect(await exited).toBe(0);
  }, 60_000);

  test('a program that waits for flush is kept alive until it is done', async () => {
    const server = await serve((asked, response) => {
      setTimeout(() => response.end(JSON.stringify(acceptAll(asked).body)), 300);
      return undefined;
    });
    const program = `
      import { startTelemetry } from './lib/index.ts';
      const telemetry = startTelemetry({ endpoint: '${server.url}', dataDir: process.argv[1] });
      telemetry.track('app_opened');
      console.log(JSON.stringify(await telemetry.flush()));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program, tempDir()]);
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    expect(await exited).toBe(0);
    expect(JSON.parse(output)).toEqual({ sent: 1, rejected: 0, remaining: 0 });
  }, 60_000);
});

describe('consent', () => {
  test('toggle off: events stop and go, crash reports go on', async () => {
    const server = await serve();
    const telemetry = start({ endpoint: server.url });
    telemetry.track('app_opened');
    telemetry.addBreadcrumb('clicked record');
    telemetry.setEnabled(false);
    expect(telemetry.isEnabled()).toBe(false);
    expect(telemetry.areCrashReportsEnabled()).toBe(true);
    telemetry.track('app_opened');
    expect(telemetry.pending()).toMatchObject({ events: 0, dropped: {} });
    telemetry.captureException(new Error('still told'));
    const [crash] = telemetry.peek();
    expect(crash).toMatchObject({ context: { breadcrumbs: [{ message: 'clicked record' }] } });
    expect(JSON.parse(readFileSync(telemetry.config, 'utf8'))).toEqual({ telemetry_enabled: false });
    expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
    expect(server.asked.map(({ url }) => url)).toEqual(['/crash']);
    telemetry.setEnabled(true);
    telemetry.track('app_opened');
    expect(telemetry.pending().events).toBe(1);
  });

  test('crash reports off: waiting crashes go, events go on', () => {
    const telemetry = start();
    telemetry.captureException(new Error('x'));
    telemetry.setCrashReportsEnabled(false);
    telemetry.captureException(new Error('y'));
    telemetry.track('app_opened');
    expect(telemetry.pending()).toMatchObject({ events: 1, crashes: 0 });
  });

  test('a usage batch in flight is aborted at opt-out', async () => {
    let aborted = false;
    const server = await serve((_asked, response) => {
      response.on('close', () => (aborted = true));
      return undefined;
    });
    const telemetry = start({ endpoint: server.url });
    telemetry.track('app_opened');
    const flushed = telemetry.flush();
    await expect.poll(() => server.asked.length, within).toBe(1);
    telemetry.setEnabled(false);
    expect(await flushed).toEqual({ sent: 0, rejected: 0, remaining: 0 });
    await expect.poll(() => aborted, within).toBe(true);
  });

  test('a change of config.json by another process is obeyed', async () => {
    const telemetry = start();
    telemetry.track('app_opened');
    writeFileSync(telemetry.config, '{"telemetry_enabled":false}');
    await expect.poll(() => telemetry.pending().events, within).toBe(0);
    expect(telemetry.isEnabled()).toBe(false);
  });

  test('no batch leaves after config.json said no, even before the change was noticed', async () => {
    const server = await serve();
    const telemetry = start({ endpoint: server.url });
    telemetry.track('app_opened');
    writeFileSync(telemetry.config, '{"telemetry_enabled":false}');
    expect(await telemetry.flush()).toEqual({ sent: 0, rejected: 0, remaining: 0 });
    expect(server.asked).toEqual([]);
  });

  test('doubt: nothing is recorded, sent or deleted until the file can be read', async () => {
    const server = await serve();
    const telemetry = start({ endpoint: server.url });
    telemetry.track('app_opened');
    writeFileSync(telemetry.config, '{"telemetry_ena');
    expect(await telemetry.flush()).toEqual({ sent: 0, rejected: 0, remaining: 1 });
    telemetry.track('app_opened');
    telemetry.captureException(new Error('x'));
    expect(telemetry.isEnabled()).toBe(false);
    expect(telemetry.pending()).toMatchObject({ events: 1, crashes: 0 });
    expect(telemetry.pending().health.problems).toHaveLength(1);
    expect(readFileSync(telemetry.config, 'utf8')).toBe('{"telemetry_ena');
    writeFileSync(telemetry.config, '{}');
    await expect.poll(() => telemetry.isEnabled(), within).toBe(true);
    expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
  });

  test('a refusal while nothing runs is obeyed at the next start', async () => {
    const telemetry = start();
    telemetry.track('app_opened');
    await telemetry.close();
    writeFileSync(telemetry.config, '{"telemetry_enabled":false}');
    expect(start({ dataDir: telemetry.dataDir }).pending().events).toBe(0);
  });

  test('requireNotice: events are queued, and sent once the notice was shown; crashes do not wait', async () => {
    const server = await serve();
    const telemetry = start({ endpoint: server.url, requireNotice: true });
    telemetry.track('app_opened');
    telemetry.captureException(new Error('x'));
    expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 1 });
    telemetry.noticeShown();
    expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
    const { telemetry_notice_shown_at } = JSON.parse(readFileSync(telemetry.config, 'utf8'));
    expect(telemetry_notice_shown_at).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  test('opt-in: nothing is recorded before a yes', () => {
    const telemetry = start({ consent: 'opt-in' });
    telemetry.track('app_opened');
    telemetry.captureException(new Error('x'));
    expect(telemetry.pending()).toMatchObject({ events: 0, crashes: 0, dropped: {} });
    telemetry.setEnabled(true);
    telemetry.track('app_opened');
    expect(telemetry.pending()).toMatchObject({ events: 1, crashes: 0 });
  });

  test('opt-out deletes what the file transport wrote of events, dead letters and damaged files', async () => {
    const dataDir = tempDir();
    const dir = join(dataDir, 'records');
    const telemetry = start({ dataDir, transport: fileTransport({ dir }) });
    telemetry.track('app_opened');
    telemetry.captureException(new Error('x'));
    await telemetry.flush();
    expect(readdirSync(dir).toSorted()).toEqual(['crashes.jsonl', 'events.jsonl']);
    writeFileSync(join(dataDir, 'queue.db.damaged-2026-06-01'), 'app_opened');
    telemetry.setEnabled(false);
    await expect.poll(() => readdirSync(dir), within).toEqual(['crashes.jsonl']);
    expect(readdirSync(dataDir).filter((name) => name.includes('damaged'))).toEqual([]);
  });
});

describe('the user', () => {
  test('has one id and one session a run; the id outlives a damaged queue', async () => {
    const first = start();
    const { userId, sessionId, dataDir } = first;
    await first.close();
    const second = start({ dataDir });
    expect(second.userId).toBe(userId);
    expect(second.sessionId).not.toBe(sessionId);
    await second.close();
    writeFileSync(join(dataDir, 'queue.db'), 'x'.repeat(10_000));
    expect(start({ dataDir }).userId).toBe(userId);
  });

  test('gets an export of what waits and what the server holds', async () => {
    const stored = [{ event: 'app_opened' }];
    const server = await serve(({ url }) => ({
      body: { user_id: url.split('/')[2], events: stored, crashes: [] },
    }));
    const telemetry = start({ endpoint: server.url });
    telemetry.track('app_opened');
    expect(await telemetry.exportMyData()).toEqual({
      user_id: telemetry.userId,
      queued: telemetry.peek(),
      server: { user_id: telemetry.userId, events: stored, crashes: [] },
    });
  });

  test('gets an export without the server where it cannot be reached', async () => {
    const server = await serve();
    await server.close();
    const telemetry = start({ endpoint: server.url });
    expect(await telemetry.exportMyData()).toMatchObject({ queued: [], server: null });
  });

  test('is forgotten: queue emptied, new id and session at once, the old id erased', async () => {
    const server = await serve((asked) =>
      asked.method === 'DELETE' ? { body: { deleted: { events: 7, crashes: 1 } } } : acceptAll(asked),
    );
    const telemetry = start({ endpoint: server.url });
    const { userId, sessionId } = telemetry;
    telemetry.addBreadcrumb('opened the diary');
    telemetry.track('app_opened');
    telemetry.captureException(new Error('x'));
    const forgotten = telemetry.forgetMe();
    expect(telemetry.userId).not.toBe(userId);
    expect(telemetry.sessionId).not.toBe(sessionId);
    expect(telemetry.pending()).toMatchObject({ events: 0, crashes: 0 });
    expect(await forgotten).toEqual({ deleted: { events: 7, crashes: 1 } });
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([`DELETE /users/${userId}`]);
    telemetry.captureException(new Error('later'));
    expect(telemetry.peek()).toMatchObject([{ user_id: telemetry.userId, context: { breadcrumbs: [] } }]);
  });

  test('is forgotten later where the server cannot be reached, by the next run if need be', async () => {
    const server = await serve(() => ({ status: 503 }));
    const telemetry = start({ endpoint: server.url });
    const { userId, dataDir } = telemetry;
    expect(await telemetry.forgetMe()).toEqual({ pending: true });
    await telemetry.close();
    expect(server.asked.length).toBeGreaterThan(0);

    server.asked.length = 0;
    server.answer(() => ({ body: { deleted: { events: 0, crashes: 0 } } }));
    const next = start({ dataDir, endpoint: server.url, flushIntervalMs: 100 });
    expect(next.userId).not.toBe(userId);
    await expect.poll(() => server.asked.map(({ url }) => url), within).toEqual([`/users/${userId}`]);
  });
});

describe('several handles', () => {
  test('on one folder share id, queue and consent, and send each record once', async () => {
    const server = await serve();
    const dataDir = tempDir();
    const handles = Array.from({ length: 3 }, () => start({ dataDir, endpoint: server.url }));
    expect(new Set(handles.map(({ userId }) => userId)).size).toBe(1);
    for (const handle of handles) for (let i = 0; i < 50; i += 1) handle.track('app_opened');
    const reports = await Promise.all(handles.map((handle) => handle.flush()));
    expect(reports.reduce((total, { sent }) => total + sent, 0)).toBe(150);
    const ids = server.asked.flatMap(recordsOf).map(({ event_id }) => event_id);
    expect(ids).toHaveLength(150);
    expect(new Set(ids).size).toBe(150);
  });
});

test('a folder that cannot be made leaves the app running on memory, and says so', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'file'), '');
  mkdirSync(join(dir, 'config'));
  const server = await serve();
  const telemetry = start({
    dataDir: join(dir, 'file', 'telemetry'),
    configPath: join(dir, 'config', 'config.json'),
    endpoint: server.url,
  });
  telemetry.track('app_opened');
  expect(telemetry.pending()).toMatchObject({ events: 1, health: { storage: 'memory', durable: false } });
  expect(telemetry.pending().health.problems.length).toBeGreaterThan(0);
  expect(telemetry.warnings.length).toBeGreaterThan(0);
  telemetry.setEnabled(false);
  expect(existsSync(telemetry.config)).toBe(true);
  telemetry.setEnabled(true);
  telemetry.track('app_opened');
  expect(await telemetry.flush()).toEqual({ sent: 1, rejected: 0, remaining: 0 });
});
