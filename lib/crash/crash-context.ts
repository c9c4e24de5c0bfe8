/** What a crash report tells about its process at the moment of the failure. */
import { freemem, totalmem } from 'node:os';

import type { CrashContext } from '../record/crash.ts';
import type { Breadcrumb } from './breadcrumbs.ts';

/** A failure this soon after the start counts as one of start-up. Milliseconds. */
export const STARTUP_MS = 5_000;

const MIB = 2 ** 20;

/** Never throws; memory in MiB, rounded. */
export function describeMoment(breadcrumbs: readonly Breadcrumb[]): CrashContext {
  // Counts from the start of the thread, so that a worker has a start-up of its own.
  const uptimeMs = performance.now();
  return {
    process_type: processType(),
    uptime_seconds: Math.round(uptimeMs / 100) / 10,
    during_startup: uptimeMs < STARTUP_MS,
    memory: memory(),
    breadcrumbs: breadcrumbs.map(({ at, message }) => ({ at, message })),
  };
}

/** `main`, `utility`, `worker` (a thread) or `node`. Loads a module of Node's for it, so it is not to be asked at the start. */
export function processType(): string {
  if (!process.getBuiltinModule('node:worker_threads').isMainThread) return 'worker';
  // Electron sets `process.type`: https://www.electronjs.org/docs/latest/api/process#processtype-readonly
  const { type } = process as NodeJS.Process & { type?: string };
  return type === 'browser' ? 'main' : (type ?? 'node');
}

function memory(): CrashContext | null {
  try {
    const { rss, heapUsed } = process.memoryUsage();
    return {
      rss_mib: Math.round(rss / MIB),
      heap_used_mib: Math.round(heapUsed / MIB),
      system_free_mib: Math.round(freemem() / MIB),
      system_total_mib: Math.round(totalmem() / MIB),
    };
  } catch {
    return null; // /proc may be closed to a sandboxed process
  }
}
