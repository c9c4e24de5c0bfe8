/** Counts failures by address, in memory only, and only for a while. */

export interface LockOut {
  countFailure(key: string): void;
  /** Seconds until `key` may try again; 0: now. */
  secondsLeft(key: string): number;
  forget(key: string): void;
}

/** More addresses than ever fail at the same time; beyond it the oldest are forgotten. */
const MAX_KEYS = 10_000;

/** After `failures` within `windowMs` (counted from the first), a key is locked out until the window ends. */
export function createLockOut(options: { failures: number; windowMs: number; now?: () => number }): LockOut {
  const now = options.now ?? Date.now;
  const windows = new Map<string, { ends: number; failures: number }>();
  const current = (key: string) => {
    const window = windows.get(key);
    if (window && window.ends > now()) return window;
    windows.delete(key);
    return undefined;
  };
  return {
    countFailure(key) {
      const window = current(key);
      if (window) {
        window.failures += 1;
        return;
      }
      if (windows.size >= MAX_KEYS) windows.delete(windows.keys().next().value!);
      windows.set(key, { ends: now() + options.windowMs, failures: 1 });
    },
    secondsLeft(key) {
      const window = current(key);
      return window && window.failures >= options.failures ? Math.ceil((window.ends - now()) / 1000) : 0;
    },
    forget(key) {
      windows.delete(key);
    },
  };
}
