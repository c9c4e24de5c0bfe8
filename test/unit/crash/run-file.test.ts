import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createBreadcrumbs } from '../../../lib/crash/breadcrumbs.ts';
import { forgetRun, keepRunOnDisk, readRun, type RunOnDisk } from '../../../lib/crash/run-file.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const consent = {
  usage: true,
  crashes: true,
  noticeShown: true,
  noticeRequired: false,
  known: true,
} as const;

function startRun(dataDir = tempDir()) {
  const listeners: (() => void)[] = [];
  const state = { crashes: true };
  const breadcrumbs = createBreadcrumbs();
  const run: RunOnDisk = keepRunOnDisk(
    {
      dataDir,
      appVersion: '1.2.3',
      sessionId: 'e1f5f1f0-0000-4000-8000-000000000000',
      consentState: () => ({ ...consent, mode: 'opt-out', crashes: state.crashes }),
      onChange: (listener) => (listeners.push(listener), () => undefined),
    },
    breadcrumbs,
  );
  const setCrashReports = (on: boolean): void => {
    state.crashes = on;
    for (const listener of listeners) listener();
  };
  return { dataDir, breadcrumbs, run, setCrashReports };
}

describe('the file of a run', () => {
  it('holds the facts and each step the moment it was left', () => {
    const { dataDir, breadcrumbs, run } = startRun();
    breadcrumbs.add('app is ready');
    breadcrumbs.add('window 1 created');
    const left = readRun(dataDir, run.runId);
    expect(left).toMatchObject({ run_id: run.runId, app_version: '1.2.3', pid: process.pid });
    expect(left?.breadcrumbs.map(({ message }) => message)).toEqual(['app is ready', 'window 1 created']);
    run.close();
  });

  it('is gone when the run ends in peace', () => {
    const { dataDir, run } = startRun();
    expect(readdirSync(join(dataDir, 'runs'))).toHaveLength(1);
    run.close();
    expect(readdirSync(join(dataDir, 'runs'))).toEqual([]);
  });

  it('forgets steps that name usage events, on disk too', () => {
    const { dataDir, breadcrumbs, run } = startRun();
    breadcrumbs.add('recording_started', { event: true });
    breadcrumbs.forgetEvents();
    expect(readRun(dataDir, run.runId)?.breadcrumbs).toEqual([]);
    run.close();
  });

  it('is deleted when crash reports are switched off, and written again when they are on', () => {
    const { dataDir, breadcrumbs, run, setCrashReports } = startRun();
    setCrashReports(false);
    breadcrumbs.add('unseen');
    expect(readRun(dataDir, run.runId)).toBeNull();
    setCrashReports(true);
    expect(readRun(dataDir, run.runId)?.breadcrumbs).toHaveLength(1);
    run.close();
  });

  it('stays small however many steps there are', () => {
    const { dataDir, breadcrumbs, run } = startRun();
    for (let step = 0; step < 2_000; step += 1) breadcrumbs.add(`step ${step}`);
    const left = readRun(dataDir, run.runId);
    expect(left?.breadcrumbs).toHaveLength(50);
    expect(left?.breadcrumbs.at(-1)?.message).toBe('step 1999');
    run.close();
  });

  it('is read without the half line that a death in the middle of writing leaves', () => {
    const { dataDir, breadcrumbs, run } = startRun();
    breadcrumbs.add('whole');
    appendFileSync(join(dataDir, 'runs', `${run.runId}.jsonl`), '{"at":"2026-06-01T00:0');
    expect(readRun(dataDir, run.runId)?.breadcrumbs).toHaveLength(1);
    run.close();
  });

  it('keeps files of the last five runs that ended without a word, and forgets one on demand', () => {
    const dataDir = tempDir();
    const first = startRun(dataDir);
    for (let index = 0; index < 9; index += 1)
      writeFileSync(join(dataDir, 'runs', `old-${index}.jsonl`), '{}');
    const second = startRun(dataDir);
    expect(readdirSync(join(dataDir, 'runs'))).toHaveLength(6);
    forgetRun(dataDir, second.run.runId);
    expect(existsSync(join(dataDir, 'runs', `${second.run.runId}.jsonl`))).toBe(false);
    first.run.close();
    second.run.close();
  });

  it('does not follow a run id that is none', () => {
    expect(readRun(tempDir(), '../../etc/passwd')).toBeNull();
  });

  it('leaves the app alone where the folder cannot be written', () => {
    const file = join(tempDir(), 'a-file');
    writeFileSync(file, '');
    const { breadcrumbs, run } = startRun(file);
    breadcrumbs.add('unseen');
    run.close();
  });
});
