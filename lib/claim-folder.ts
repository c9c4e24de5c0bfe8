/**
 * Two handles on one folder in one process would each record the same failures. The first one has the folder; the note
 * is kept on `globalThis`, because an app may have bundled two copies of this library.
 */
const KEY = Symbol.for('roost-telemetry.claimed-folders');

/** Returns the way to give the folder back; null where another handle of this process has it. */
export function claimFolder(dataDir: string): (() => void) | null {
  const registry = globalThis as { [KEY]?: Set<string> };
  const claimed = (registry[KEY] ??= new Set());
  if (claimed.has(dataDir)) return null;
  claimed.add(dataDir);
  return () => claimed.delete(dataDir);
}
