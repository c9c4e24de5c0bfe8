/**
 * Notices that a file became another one: written, replaced, removed, or the target of a link changed. Asks the file
 * system for the file's state instead of listening for events, which do not come from network drives, or for what
 * lies behind a link, and which editors answer to in their own ways.
 */
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** With the time to read the file, well within the second that a change of consent may take. Milliseconds. */
const INTERVAL_MS = 400;
/** A file that was written this shortly before it was read may be written again without a visible change. */
const CLOCK_GRAIN_MS = 50;

export interface WatchedFile {
  /** Call right before reading the file: what comes after this moment is a change. */
  markRead(): void;
  /** True where the file is another one than at the last `markRead`. */
  changed(): boolean;
  close(): void;
}

export function watchFile(path: string, onChange: () => void): WatchedFile {
  let seen: string | null = null;
  let asking = false;
  let closed = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    void stat(path, { bigint: true })
      .then(signature, () => 'absent')
      .then((now) => {
        asking = false;
        if (!closed && now !== seen) onChange();
      });
  }, INTERVAL_MS);
  timer.unref();
  return {
    markRead() {
      const stats = statNow(path);
      seen = stats === 'absent' || !isFresh(stats) ? signature(stats) : null;
    },
    changed: () => signature(statNow(path)) !== seen,
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}

type Stats = { ino: bigint; dev: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint } | 'absent';

function statNow(path: string): Stats {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return 'absent';
  }
}

function signature(stats: Stats): string {
  if (stats === 'absent') return stats;
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
}

function isFresh(stats: Exclude<Stats, 'absent'>): boolean {
  return Math.abs(Date.now() - Number(stats.mtimeNs / 1_000_000n)) < CLOCK_GRAIN_MS;
}
