import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { inspect } from '../../../lib/cli/inspect.ts';
import { temporaryFolder, testQueue } from '../queue/helpers.ts';
import { LEASE, makeCrash, makeEvent } from '../queue/records.ts';

const NOW = Date.parse('2026-06-03T10:00:00.000Z');
const TWO_DAYS_AGO = { timestamp: '2026-06-01T10:00:00.000Z' };

/** An open queue: two fresh events, one to be tried again, a leased crash, a dead letter. */
function liveQueue(): string {
  const dataDir = temporaryFolder();
  const queue = testQueue({ dataDir, now: () => NOW });
  for (const event of ['app_opened', 'recording_started', 'retry_attempted', 'dictionary_used']) {
    queue.add('event', makeEvent({ ...TWO_DAYS_AGO, event }));
  }
  queue.add('crash', makeCrash({ timestamp: new Date(NOW - 1_000).toISOString() }));
  const [first, second] = queue.lease({ ...LEASE, kind: 'event', maxRecords: 2 });
  queue.release([first!.rowId], NOW + 90_000);
  queue.bury(second!.rowId, 'invalid_batch');
  queue.lease({ ...LEASE, kind: 'crash' });
  return join(dataDir, 'queue.db');
}

describe('roost inspect', () => {
  it('lists what waits, in order of sending, while the queue is in use', () => {
    const text = inspect({ path: liveQueue(), json: false, dead: false, now: NOW });
    const lines = text.split('\n').map((line) => line.replaceAll(/\d+ B$/g, 'N B').split(/ {2,}/));
    expect(lines).toEqual([
      ['kind', 'name', 'age', 'tries', 'next try', 'size'],
      ['crash', 'main_crash', '1 second', '0', 'on its way, else in 1 minute', 'N B'],
      ['event', 'app_opened', '2 days', '1', 'in 1 minute', 'N B'],
      ['event', 'retry_attempted', '2 days', '0', 'now', 'N B'],
      ['event', 'dictionary_used', '2 days', '0', 'now', 'N B'],
    ]);
  });

  it('gives the records themselves as JSON', () => {
    const [crash] = JSON.parse(inspect({ path: liveQueue(), json: true, dead: false, now: NOW }));
    expect(crash).toMatchObject({
      kind: 'crash',
      name: 'main_crash',
      tries: 0,
      record: { error_message: 'boom' },
    });
    expect(crash.bytes).toBe(JSON.stringify(crash.record).length);
  });

  it('lists dead letters with their reasons', () => {
    const path = liveQueue();
    expect(inspect({ path, json: false, dead: true, now: NOW }).split('\n')[1]).toMatch(
      /^event {2}recording_started {2}invalid_batch {2}2026-06-03T10:00:00.000Z$/,
    );
    expect(JSON.parse(inspect({ path, json: true, dead: true, now: NOW }))).toMatchObject([
      { reason: 'invalid_batch', record: { event: 'recording_started' } },
    ]);
  });

  it('says in words when nothing waits', () => {
    const dataDir = temporaryFolder();
    testQueue({ dataDir });
    expect(inspect({ path: dataDir, json: false, dead: false, now: NOW })).toBe('Nothing is waiting.');
    expect(inspect({ path: dataDir, json: false, dead: true, now: NOW })).toBe('No dead letters.');
  });

  it('ends with one line and a code where there is no queue', () => {
    const folder = temporaryFolder();
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'no database '.repeat(1_000));
    const cli = join(import.meta.dirname, '../../../lib/cli.ts');
    const run = (...args: string[]): { status: number | null; stderr: string } =>
      spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
    expect(run('inspect', join(folder, 'none.db'))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^roost: there is no file .*\n$/),
    });
    expect(run('inspect', text)).toMatchObject({ status: 1, stderr: 'roost: file is not a database\n' });
    expect(run('inspect')).toMatchObject({ status: 2 });
    expect(run('inspect', text, '--bogus')).toMatchObject({ status: 2 });
  });
});
