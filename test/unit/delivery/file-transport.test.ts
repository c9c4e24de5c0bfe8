import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { fileTransport } from '../../../lib/delivery/file-transport.ts';
import { memoryTransport } from '../../../lib/delivery/memory-transport.ts';
import type { Batch } from '../../../lib/record/batch.ts';
import { makeCrash, makeEvent } from '../../helpers/records.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const never = new AbortController().signal;
const sent_at = '2026-06-01T10:00:00.000Z';

function events(count: number): Batch & { kind: 'events' } {
  return { kind: 'events', body: { sent_at, events: Array.from({ length: count }, () => makeEvent()) } };
}
const crashes = (): Batch & { kind: 'crashes' } => ({
  kind: 'crashes',
  body: { sent_at, crashes: [makeCrash()] },
});

function linesOf(path: string): unknown[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

test('each record is a line, as it would travel, in a file of its kind', async () => {
  const dir = join(tempDir(), 'made', 'here');
  const transport = fileTransport({ dir });
  const [first, second, crash] = [events(2), events(1), crashes()];
  for (const batch of [first, crash, second]) {
    expect(await transport.send(batch, never)).toEqual({ status: 'settled', rejected: [] });
  }
  await transport.close?.();
  expect(linesOf(join(dir, 'events.jsonl'))).toEqual([...first.body.events, ...second.body.events]);
  expect(linesOf(join(dir, 'crashes.jsonl'))).toEqual(crash.body.crashes);
});

test('full files are set aside, the oldest goes', async () => {
  const dir = tempDir();
  const transport = fileTransport({ dir, maxFileBytes: 1_024, maxFiles: 3 });
  const batches = Array.from({ length: 5 }, () => events(3));
  for (const batch of batches) await transport.send(batch, never);
  expect(readdirSync(dir).toSorted()).toEqual(['events.1.jsonl', 'events.2.jsonl', 'events.jsonl']);
  const kept = ['events.2.jsonl', 'events.1.jsonl', 'events.jsonl'].map((name) => linesOf(join(dir, name)));
  expect(kept).toEqual(batches.slice(2).map((batch) => batch.body.events));
});

test('one file can be all', async () => {
  const dir = tempDir();
  const transport = fileTransport({ dir, maxFileBytes: 1_024, maxFiles: 1 });
  for (let i = 0; i < 3; i += 1) await transport.send(events(3), never);
  expect(readdirSync(dir)).toEqual(['events.jsonl']);
  expect(linesOf(join(dir, 'events.jsonl'))).toHaveLength(3);
});

test('purge deletes the files of a kind, and nothing else', async () => {
  const dir = tempDir();
  const transport = fileTransport({ dir, maxFileBytes: 1_024 });
  for (let i = 0; i < 3; i += 1) await transport.send(events(3), never);
  await transport.send(crashes(), never);
  writeFileSync(join(dir, 'events.jsonl.txt'), "the app's own");
  await transport.purge?.('events');
  expect(readdirSync(dir).toSorted()).toEqual(['crashes.jsonl', 'events.jsonl.txt']);
  await fileTransport({ dir: join(dir, 'missing') }).purge?.('events');
});

test('a folder that cannot be written makes the records wait', async () => {
  const file = join(tempDir(), 'file');
  writeFileSync(file, '');
  await expect(fileTransport({ dir: join(file, 'records') }).send(events(1), never)).rejects.toThrow();
  const dir = tempDir();
  mkdirSync(join(dir, 'events.jsonl'));
  await expect(fileTransport({ dir }).send(events(1), never)).rejects.toThrow();
  expect(existsSync(join(dir, 'events.1.jsonl'))).toBe(false);
});

test.each([
  [{ dir: '' }, 'dir: '],
  [{ dir: 'x', maxFileBytes: 5 }, 'maxFileBytes: '],
  [{ dir: 'x', maxFiles: 0 }, 'maxFiles: '],
])('wrong options are named: %o', (options, name) => {
  expect(() => fileTransport(options)).toThrow(
    expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining(name) }),
  );
});

test('the memory transport keeps what it settled, and answers as it is told', async () => {
  const transport = memoryTransport({
    answer: (batch) =>
      batch.kind === 'crashes' ? { status: 'retry', reason: 'later' } : { status: 'settled', rejected: [] },
  });
  const batch = events(2);
  expect((await transport.send(batch, never)).status).toBe('settled');
  expect((await transport.send(crashes(), never)).status).toBe('retry');
  expect(transport.batches).toEqual([batch]);
  expect(transport.records()).toEqual(batch.body.events);
  await transport.purge?.('events');
  expect(transport.batches).toEqual([]);
});
