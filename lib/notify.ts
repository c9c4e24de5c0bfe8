/** Tells listeners that something changed, at most every 100 ms, the last change included. */
const INTERVAL_MS = 100;

export interface Notifier {
  changed(): void;
  /** Returns the way to stop. */
  onChange(listener: () => void): () => void;
  close(): void;
}

export function createNotifier(): Notifier {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    changed() {
      if (timer || listeners.size === 0) return;
      timer = setTimeout(() => {
        timer = undefined;
        for (const listener of listeners) listener();
      }, INTERVAL_MS);
      timer.unref();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
