/** The server on a small machine: 512 MB are enough, whatever arrives. */
import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, inject, onTestFinished, test } from 'vitest';

import { createTestDatabase } from '../helpers/postgres.ts';
import { makeCrash, makeEvent } from '../helpers/records.ts';

const LIMIT_MB = 300;
const root = join(import.meta.dirname, '..', '..');

/** Highest resident size so far, as the kernel counts it. */
function peakMb({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

test.runIf(process.platform === 'linux')(`the server stays below ${LIMIT_MB} MB under load`, async () => {
  const database = await createTestDatabase(inject('postgres'));
  onTestFinished(() => database.drop());
  const server = spawn(process.execPath, [join(root, 'server', 'main.ts'), 'serve'], {
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
  const post = async (path: string, body: string): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body });
    expect([200, 503]).toContain(answer.status);
    await answer.text();
  };
  const authorization = `Basic ${btoa('admin:test-password')}`;
  const stack = 'x'.repeat(60_000);

  // 16 clients at once: full batches of events, the largest crashes, a reader of the figures.
  const client = async (): Promise<void> => {
    for (let round = 0; round < 40; round += 1) {
      const user = { user_id: randomUUID() };
      await post('/track', JSON.stringify({ events: Array.from({ length: 500 }, () => makeEvent(user)) }));
      const crash = { ...user, stack_trace: stack };
      await post('/crash', JSON.stringify({ crashes: Array.from({ length: 15 }, () => makeCrash(crash)) }));
      await (await fetch(`${url}/stats`, { headers: { authorization } })).text();
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  const peak = peakMb(server);
  console.log(`peak resident size: ${Math.round(peak)} MB`);
  expect(peak).toBeLessThan(LIMIT_MB);
});
