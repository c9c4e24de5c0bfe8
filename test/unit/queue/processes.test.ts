/** Several processes on one queue, some of which die or stand still. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect, it, onTestFinished, vi } from 'vitest';

import { temporaryFolder, testQueue } from './helpers.ts';
import { LEASE, makeEvent } from './records.ts';

/** Starting a process takes seconds on a machine that is busy with other tests. */
const PATIENT = { timeout: 60_000 };
vi.setConfig({ testTimeout: 120_000 });

interface QueueProcess {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly warnings: string[];
  readonly ended: Promise<number | null>;
}

function startProcess(dataDir: string, task: string, count = 0): QueueProcess {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'queue-process.ts'), dataDir, task, String(count)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const warnings: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', (line) => warnings.push(line));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  return { child, lines, warnings, ended };
}

it('takes every record of four processes that start at the same moment', async () => {
  const dataDir = join(temporaryFolder(), 'telemetry');
  const processes = Array.from({ length: 4 }, () => startProcess(dataDir, 'add', 250));
  expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
  expect(processes.flatMap(({ warnings }) => warnings)).toEqual([]);
  const queue = testQueue({ dataDir });
  expect(queue.counts()).toMatchObject({ events: 1_000, crashes: 4 });
  const reported = processes.flatMap(({ lines }) => lines).sort();
  expect(
    queue
      .all()
      .map(({ event_id }) => event_id)
      .sort(),
  ).toEqual(reported);
});

it('gives each record to one of three processes that drain it at the same time', async () => {
  const dataDir = temporaryFolder();
  const queue = testQueue({ dataDir });
  const added = Array.from({ length: 600 }, () => makeEvent());
  for (const event of added) queue.add('event', event);
  const processes = Array.from({ length: 3 }, () => startProcess(dataDir, 'drain'));
  expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  const drained = processes.flatMap(({ lines }) => lines).sort();
  expect(drained).toEqual(added.map(({ event_id }) => event_id).sort());
  expect(queue.counts().events).toBe(0);
});

it('has every record whose call returned before the process was killed', async () => {
  const dataDir = temporaryFolder();
  for (const after of [10, 200]) {
    const { child, lines, ended } = startProcess(dataDir, 'add', 100_000);
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(after), PATIENT);
    child.kill('SIGKILL');
    await ended;
    const queue = testQueue({ dataDir, maxRecords: 1_000_000, maxBytes: 2 ** 30 });
    const kept = new Set(queue.all().map(({ event_id }) => event_id));
    expect(lines.filter((id) => !kept.has(id))).toEqual([]);
    expect(queue.problems()).toEqual([]);
    const { events, crashes } = queue.counts();
    expect(events + crashes).toBe(kept.size);
    queue.close();
  }
});

it('gives the records of a killed sender to others within 60 seconds', async () => {
  const dataDir = temporaryFolder();
  let now = Date.now();
  const queue = testQueue({ dataDir, now: () => now });
  for (let n = 0; n < 30; n += 1) queue.add('event', makeEvent());
  const holder = startProcess(dataDir, 'hold', 20);
  await vi.waitFor(() => expect(holder.lines).toContain('held'), PATIENT);
  holder.child.kill('SIGKILL');
  await holder.ended;
  now = Date.now();
  expect(queue.lease({ ...LEASE, kind: 'event' })).toHaveLength(10);
  now += 60_000;
  expect(queue.lease({ ...LEASE, owner: 'sender-2', kind: 'event' })).toHaveLength(30);
});

it('is not blocked by a process that was stopped while it held records', async () => {
  const dataDir = temporaryFolder();
  let now = Date.now();
  const queue = testQueue({ dataDir, now: () => now });
  for (let n = 0; n < 30; n += 1) queue.add('event', makeEvent());
  const holder = startProcess(dataDir, 'hold', 20);
  await vi.waitFor(() => expect(holder.lines).toContain('held'), PATIENT);
  holder.child.kill('SIGSTOP');
  queue.add('event', makeEvent());
  now = Date.now() + 5 * 60_000;
  const leased = queue.lease({ ...LEASE, kind: 'event' });
  expect(leased).toHaveLength(31);
  queue.settle(leased.map(({ rowId }) => rowId));
  holder.child.kill('SIGCONT');
  expect(queue.counts().events).toBe(0);
  expect(queue.storage).toBe('better-sqlite3');
});
