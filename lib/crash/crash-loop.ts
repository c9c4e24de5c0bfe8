/**
 * Notices that an app crashes again and again right after its start, so that Roost can step back and never be the
 * cause. One small file counts starts in a row that ended so; a start that lives on, or ends in peace, clears it.
 * Only failures that were seen count: a process that is merely killed did not crash.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { processType, STARTUP_MS } from './crash-context.ts';

/** Two can be chance. */
const CRASHES_OF_A_LOOP = 3;

export interface CrashLoopGuard {
  /** True where the last three starts (or more) crashed within 5 s. */
  readonly looping: boolean;
  /** Notes that this run crashes; counts once, and only within 5 s of its start. On return it is on disk. Never throws. */
  noteCrash(): void;
  /** Ends the watch; this run ended in peace unless a crash was noted. */
  close(): void;
}

/** `dataDir` must exist for the count to be kept; without it there is no loop to be seen. Never throws. */
export function watchForCrashLoop(dataDir: string): CrashLoopGuard {
  const file = join(dataDir, 'crash-loop.json');
  const before = readCount(file);
  let watching = true;
  let crashed = false;

  const end = (): void => {
    if (!watching) return;
    watching = false;
    clearTimeout(timer);
    process.off('exit', end);
    if (!crashed && before > 0 && isApp()) attempt(() => rmSync(file, { force: true }));
  };
  const timer = setTimeout(end, STARTUP_MS);
  timer.unref();
  process.on('exit', end);

  return {
    looping: before >= CRASHES_OF_A_LOOP && isApp(),
    noteCrash() {
      if (!watching || crashed || !isApp()) return;
      crashed = true;
      attempt(() => writeFileSync(file, JSON.stringify({ early_crashes_in_a_row: before + 1 })));
    },
    close: end,
  };
}

/** A worker's or a utility process's end is not the app's. */
function isApp(): boolean {
  return ['main', 'node'].includes(processType());
}

function readCount(file: string): number {
  try {
    const { early_crashes_in_a_row: count } = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      unknown
    >;
    return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // A read-only folder: no count, no loop, nothing else changes.
  }
}
