/** The server on a small machine: 512 MB are enough, whatever arrives. */
import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, inject, onTestFinished, test } from 'vitest';

import { createTestDatabase } from '../helpers/postgres.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';

/** Well within 512 MB. */
const LIMIT_MB = 300;
/** As `npm start` and the first line of the program set them. */
const LIMITS = ['--max-semi-space-size=4', '--max-old-space-size=256'];
const root = join(import.meta.dirname, '..', '..');

/** Highest resident size so far, as the kernel counts it. */
function peakMb({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

test.runIf(process.platform === 'linux')(`the server stays below ${LIMIT_MB} MB under load`, async () => {
  const database = await createTestDatabase(inject('postgres'));
  onTestFinished(() => database.drop());
  const server = spawn(process.execPath, [...LIMITS, join(root, 'server', 'main.ts'), 'serve'], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      PORT: '0',
      RATE_LIMIT: '0',
      LOG_LEVEL: 'warn',
      DASHBOARD_USER: 'admin',
      DASHBOARD_PASSWORD: 'test-password',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
  });
  let output = '';
  server.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await expect.poll(() => output).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)![0];
  let stored = 0;
  /** As a client: what was not answered is sent again, and is a duplicate if it was stored. */
  const post = async (path: string, body: string): Promise<void> => {
    for (;;) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body }).catch(() => null);
      const verdict = (await answer?.json().catch(() => null)) as {
        accepted?: number;
        duplicates?: number;
      } | null;
      if (answer?.status === 200) {
        stored += (verdict?.accepted ?? 0) + (verdict?.duplicates ?? 0);
        return;
      }
      await delay(200);
    }
  };
  const authorization = `Basic ${btoa('admin:test-password')}`;
  const stack = Array.from(
    { length: 1_000 },
    (_, line) => `    at step${line} (app://main/index.js:${line}:5)`,
  ).join('\n');

  // Eight clients at once, with full batches of events and the largest crashes, who read the figures too.
  const client = async (): Promise<void> => {
    for (let round = 0; round < 12; round += 1) {
      const user = { user_id: randomUUID() };
      await post('/track', JSON.stringify({ events: Array.from({ length: 500 }, () => makeEvent(user)) }));
      const crash = { ...user, stack_trace: stack };
      await post('/crash', JSON.stringify({ crashes: Array.from({ length: 15 }, () => makeCrash(crash)) }));
      await fetch(`${url}/stats`, { headers: { authorization } }).then(
        (answer) => answer.text(),
        () => {},
      );
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  expect(stored).toBe(8 * 12 * (500 + 15));
  const peak = peakMb(server);
  console.log(`peak resident size: ${Math.round(peak)} MB after ${stored} records`);
  expect(peak).toBeLessThan(LIMIT_MB);
});
