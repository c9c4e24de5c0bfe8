/**
 * Keeps the page fresh: asks again every few seconds, a little more slowly when answers take long, never while the
 * tab is hidden. A lost connection is told, tried again with growing pauses, and told when it is back.
 */
import { ApiError } from './api.ts';
import { figuresAsOf } from './as-of.ts';

export type LiveStatus =
  | { state: 'waiting' }
  /** `asOf`: set where the figures are older than they should be, because the server is behind. */
  | { state: 'live'; at: number; asOf: number | null }
  /** `at`: when the figures on the page were true, `null` when there never were any. */
  | { state: 'lost'; at: number | null; reason: string };

const INTERVAL_MS = 2000;
/** After slow answers: what arrives is still on the page within 5 s. */
const LONGEST_INTERVAL_MS = 3000;
const LONGEST_PAUSE_MS = 30_000;

export interface Live {
  /** Asks at once: after a change of view, or by hand. */
  now(): void;
}

export function startLive(refresh: () => Promise<void>, tell: (status: LiveStatus) => void): Live {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let lastGood: number | null = null;
  let round = 0;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    round += 1;
    const mine = round;
    const started = performance.now();
    try {
      await refresh();
      if (mine !== round) return;
      failures = 0;
      lastGood = Date.now();
      tell({ state: 'live', at: lastGood, asOf: figuresAsOf() });
    } catch (error) {
      if (mine !== round) return;
      failures += 1;
      const reason = error instanceof ApiError ? error.message : String(error);
      tell({ state: 'lost', at: lastGood, reason });
    }
    const took = performance.now() - started;
    const pause =
      failures === 0
        ? Math.min(LONGEST_INTERVAL_MS, Math.max(INTERVAL_MS, took))
        : Math.min(LONGEST_PAUSE_MS, INTERVAL_MS * 2 ** (failures - 1));
    if (!document.hidden) timer = setTimeout(() => void ask(), pause);
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else void ask();
  });
  addEventListener('online', () => void ask());
  void ask();
  return { now: () => void ask() };
}
