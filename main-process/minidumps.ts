/**
 * Native crashes. Crashpad writes a dump when a process of the app dies; uploading is off, so it stays on the machine.
 * Here each is read, reported once, and deleted. Dumps are told by the run id that Roost gave to Crashpad: others are
 * the app's own, and are left alone.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { STARTUP_MS } from '../lib/crash/crash-context.ts';
import { forgetRun, readRun } from '../lib/crash/run-file.ts';
import type { CrashInput, TelemetryCore } from '../lib/handle.ts';
import { withFileSource } from '../lib/minidump/byte-source.ts';
import { describeDump } from '../lib/minidump/describe-dump.ts';
import { type DumpReport, readMinidump } from '../lib/minidump/read-minidump.ts';
import type { ElectronHost } from './electron-host.ts';

/** Where Crashpad puts finished dumps: `pending` and `completed`, on Windows `reports`. Those in `new` are being written. */
const FOLDERS = ['completed', 'pending', 'reports'];
/** Younger ones may not be complete. Milliseconds. */
const SETTLED_MS = 1_000;
/** After the start, and after a process is gone: the dump of a large process takes its time. Milliseconds. */
const LOOKS_MS = [1_500, 10_000, 60_000];
/** Reports of one look; a machine with more has one fault that repeats. */
const MAX_REPORTS = 10;
const MAX_AGE_MS = 30 * 86_400_000;
/** Together; the oldest go first. */
const MAX_BYTES = 1024 * 1024 * 1024;

export interface DumpCollector {
  /** Reads what lies there now, once each. Returns the number of reports. Never throws. */
  look(): number;
  close(): void;
}

interface DumpFile {
  path: string;
  bytes: number;
  modifiedAt: number;
}

export type CollectorHost = Pick<ElectronHost, 'app'>;
type CollectorCore = Pick<
  TelemetryCore,
  'captureCrash' | 'consentState' | 'countDropped' | 'dataDir' | 'onChange'
>;

/** Looks a few times after the start, and after each process that is gone. `runId` is the present run's. */
export function collectMinidumps({ app }: CollectorHost, core: CollectorCore, runId: string): DumpCollector {
  /** Of this run: a dump that cannot be deleted is not reported again. */
  const done = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();

  function look(): number {
    const { crashes, known } = core.consentState();
    if (!known) return 0;
    let reports = 0;
    for (const file of wanted(listDumps(app), core)) {
      if (done.has(file.path) || Date.now() - file.modifiedAt < SETTLED_MS) continue;
      if (reports === MAX_REPORTS) break;
      const report = read(file);
      if (!report) continue; // in use: the next look finds it
      if (!report.annotations.roost_run_id) {
        done.add(file.path);
        continue;
      }
      if (crashes && !report.exception?.simulated) {
        core.captureCrash(toCrash(report, core.dataDir, report.annotations.roost_run_id, file));
        reports += 1;
      }
      done.add(file.path);
      remove(file);
      if (isMain(report) && report.annotations.roost_run_id !== runId) {
        forgetRun(core.dataDir, report.annotations.roost_run_id);
      }
    }
    return reports;
  }

  function lookSoon(): void {
    for (const delay of LOOKS_MS) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        look();
      }, delay);
      timer.unref();
      timers.add(timer);
    }
  }

  function deleteWhereForbidden(): void {
    const { crashes, known } = core.consentState();
    if (known && !crashes) look();
  }

  app.on('render-process-gone', lookSoon);
  app.on('child-process-gone', lookSoon);
  const stopListening = core.onChange(deleteWhereForbidden);
  deleteWhereForbidden();
  lookSoon();
  return {
    look,
    close() {
      app.off('render-process-gone', lookSoon);
      app.off('child-process-gone', lookSoon);
      stopListening();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function listDumps(app: CollectorHost['app']): DumpFile[] {
  const files: DumpFile[] = [];
  for (const folder of FOLDERS) {
    attempt(() => {
      const path = join(app.getPath('crashDumps'), folder);
      for (const name of readdirSync(path)) {
        if (!name.endsWith('.dmp')) continue;
        const { size, mtimeMs, isFile } = statOf(join(path, name));
        if (isFile) files.push({ path: join(path, name), bytes: size, modifiedAt: mtimeMs });
      }
    });
  }
  return files.sort((a, b) => b.modifiedAt - a.modifiedAt);
}

function statOf(path: string): { size: number; mtimeMs: number; isFile: boolean } {
  const stats = statSync(path, { throwIfNoEntry: false });
  return { size: stats?.size ?? 0, mtimeMs: stats?.mtimeMs ?? 0, isFile: stats?.isFile() ?? false };
}

/** Newest first; Roost's own beyond the limits are deleted unread but for whose they are, and counted. */
function wanted(files: readonly DumpFile[], core: Pick<TelemetryCore, 'countDropped'>): DumpFile[] {
  let bytes = 0;
  return files.filter((file) => {
    bytes += file.bytes;
    if (bytes <= MAX_BYTES && Date.now() - file.modifiedAt <= MAX_AGE_MS) return true;
    if (read(file)?.annotations.roost_run_id) {
      core.countDropped('dump_limit');
      remove(file);
    }
    return false;
  });
}

function read({ path }: DumpFile): DumpReport | null {
  return attempt(() => withFileSource(path, readMinidump));
}

/** Crashpad keeps what it knows of a dump beside it. */
function remove({ path }: DumpFile): void {
  for (const file of [path, path.replace(/\.dmp$/, '.meta')]) attempt(() => rmSync(file, { force: true }));
}

function isMain({ annotations }: DumpReport): boolean {
  return (annotations.process_type ?? annotations.ptype) === 'browser';
}

function toCrash(report: DumpReport, dataDir: string, runId: string, file: DumpFile): CrashInput {
  const { error_message, stack_trace, native } = describeDump(report);
  const run = readRun(dataDir, runId);
  const at = report.crashedAt ?? file.modifiedAt;
  const uptimeMs = run ? at - Date.parse(run.started_at) : Number.NaN;
  const processType = report.annotations.process_type ?? report.annotations.ptype ?? null;
  return {
    crash_type: 'native_crash',
    error_message,
    stack_trace,
    at: new Date(at),
    sessionId: run?.session_id ?? null,
    ...(run && { appVersion: run.app_version }),
    context: {
      process_type: processType === 'browser' ? 'main' : processType,
      // Of the run that crashed: what the present one knows of itself says nothing about it.
      uptime_seconds: Number.isNaN(uptimeMs) ? null : Math.max(0, Math.round(uptimeMs / 1000)),
      during_startup: Number.isNaN(uptimeMs) ? null : uptimeMs < STARTUP_MS,
      memory: null,
      breadcrumbs: run?.breadcrumbs ?? [],
      native,
    },
  };
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null; // gone meanwhile, or not ours to touch: the app goes on
  }
}
