/**
 * What a native crash could be told with: such a crash ends the process without a word, so the facts of the run and
 * its last steps are on disk before it happens, under a run id that Crashpad's dump carries too. One line a step,
 * appended without fsync: the system keeps it when the process dies. The file goes when the run ends in peace.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { TelemetryCore } from '../handle.ts';
import type { Breadcrumb, Breadcrumbs } from './breadcrumbs.ts';

/** First line of a run's file. */
export interface RunFacts {
  run_id: string;
  /** RFC 3339, UTC. */
  started_at: string;
  app_version: string;
  session_id: string;
  pid: number;
}
export interface RunRecord extends RunFacts {
  breadcrumbs: Breadcrumb[];
}
export interface RunOnDisk {
  readonly runId: string;
  close: () => void;
}

/** Steps appended before the file is written anew with the last ones only. */
const MAX_APPENDED = 500;
const MAX_BREADCRUMBS = 50;
/** Files of runs that ended without a word; older ones have no dump left to go with. */
const MAX_RUNS_KEPT = 5;

/** Keeps this run's file while crash reports are on. Failures to write are ignored: the app goes on without it. */
export function keepRunOnDisk(
  core: Pick<TelemetryCore, 'dataDir' | 'appVersion' | 'sessionId' | 'consentState' | 'onChange'>,
  breadcrumbs: Breadcrumbs,
): RunOnDisk {
  const runId = crypto.randomUUID();
  const startedAt = new Date().toISOString();
  const file = runFile(core.dataDir, runId);
  let descriptor: number | null = null;
  let appended = 0;
  let closed = false;

  const remove = (): void => {
    if (descriptor !== null) attempt(() => closeSync(descriptor!));
    descriptor = null;
    attempt(() => rmSync(file, { force: true }));
  };
  const rewrite = (): void => {
    if (descriptor !== null) attempt(() => closeSync(descriptor!));
    descriptor = null;
    const facts: RunFacts = {
      run_id: runId,
      started_at: startedAt,
      app_version: core.appVersion,
      session_id: core.sessionId,
      pid: process.pid,
    };
    attempt(() => {
      mkdirSync(join(core.dataDir, 'runs'), { recursive: true });
      writeFileSync(file, [facts, ...breadcrumbs.list()].map(asLine).join(''));
      descriptor = openSync(file, 'a');
      appended = 0;
    });
  };
  const follow = (): void => {
    const wanted = !closed && core.consentState().crashes;
    if (wanted && descriptor === null) rewrite();
    if (!wanted && descriptor !== null) remove();
  };

  breadcrumbs.onChange((added) => {
    if (descriptor === null) return;
    appended += 1;
    if (added === null || appended > MAX_APPENDED) rewrite();
    else attempt(() => writeSync(descriptor!, asLine(added)));
  });
  const stopFollowing = core.onChange(follow);
  const close = (): void => {
    if (closed) return;
    closed = true;
    process.off('exit', close);
    stopFollowing();
    remove();
  };
  process.on('exit', close);
  forgetOldRuns(core.dataDir);
  follow();
  return { runId, close };
}

/** What a run left, or null where it left nothing readable. Never throws; a half-written last line is left out. */
export function readRun(dataDir: string, runId: string): RunRecord | null {
  if (!/^[0-9a-f-]{36}$/.test(runId)) return null; // it becomes a file name, and comes from a dump
  try {
    const lines = readFileSync(runFile(dataDir, runId), 'utf8').split('\n');
    const facts = JSON.parse(lines[0] ?? '') as RunFacts;
    const steps = lines.slice(1).flatMap((line) => {
      try {
        return [JSON.parse(line) as Breadcrumb];
      } catch {
        return [];
      }
    });
    return { ...facts, breadcrumbs: steps.slice(-MAX_BREADCRUMBS) };
  } catch {
    return null;
  }
}

export function forgetRun(dataDir: string, runId: string): void {
  if (/^[0-9a-f-]{36}$/.test(runId)) attempt(() => rmSync(runFile(dataDir, runId), { force: true }));
}

function forgetOldRuns(dataDir: string): void {
  attempt(() => {
    const folder = join(dataDir, 'runs');
    const files = readdirSync(folder).map((name) => join(folder, name));
    const newestFirst = files
      .map((path) => ({ path, at: statSync(path).mtimeMs }))
      .sort((a, b) => b.at - a.at);
    for (const { path } of newestFirst.slice(MAX_RUNS_KEPT)) rmSync(path, { force: true });
  });
}

function runFile(dataDir: string, runId: string): string {
  return join(dataDir, 'runs', `${runId}.jsonl`);
}

function asLine(value: RunFacts | Breadcrumb): string {
  return `${JSON.stringify(value)}\n`;
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A missing folder, a full disk: the crash report is poorer, the app is not.
  }
}
