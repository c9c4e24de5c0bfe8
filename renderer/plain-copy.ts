/**
 * A copy that the bridge can carry: Electron's context bridge throws at functions, symbols, DOM nodes and circles
 * (https://www.electronjs.org/docs/latest/api/context-bridge#parameter--error--return-type-support).
 */
const MAX_DEPTH = 8;
/** Entries of one object or list; the main process bounds the whole. */
const MAX_ENTRIES = 200;

export function plainCopy(value: unknown, depth = 0): unknown {
  try {
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    if (typeof value === 'function') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return '[deep]';
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (Array.isArray(value))
      return value.slice(0, MAX_ENTRIES).map((entry) => plainCopy(entry, depth + 1) ?? null);
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value).slice(0, MAX_ENTRIES)) {
      if (key === '__proto__') continue;
      copy[key] = plainCopy((value as Record<string, unknown>)[key], depth + 1);
    }
    return copy;
  } catch {
    return '[unreadable]';
  }
}
