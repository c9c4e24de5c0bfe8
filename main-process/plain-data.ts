/** A bounded copy of what a page sent: plain JSON, without the names that reach an object's prototype. */

const MAX_DEPTH = 12;
const MAX_ENTRIES = 5_000;
/** UTF-16 units of all texts together: a stack of the largest size that pages send, and some. */
const MAX_TEXT = 1_000_000;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Null where the message is too large to be one of Roost's. Never throws. */
export function copyPlainData(value: unknown): { copy: unknown } | null {
  let entries = 0;
  let text = 0;
  let fits = true;
  const take = (part: unknown, depth: number): unknown => {
    entries += 1;
    if (entries > MAX_ENTRIES || depth > MAX_DEPTH) fits = false;
    if (!fits) return null;
    if (typeof part === 'string') {
      text += part.length;
      if (text > MAX_TEXT) fits = false;
      return fits ? part : null;
    }
    if (typeof part === 'number' || typeof part === 'boolean' || part === undefined) return part;
    if (typeof part !== 'object' || part === null) return null;
    if (Array.isArray(part))
      return part.length > MAX_ENTRIES ? tooLarge() : part.map((one) => take(one, depth + 1));
    if (Object.getPrototypeOf(part) !== Object.prototype) return null; // Map, Date, Buffer: nothing that pages of ours send
    const copy: Record<string, unknown> = {};
    for (const key in part) {
      if (FORBIDDEN_KEYS.has(key) || !Object.hasOwn(part, key)) continue;
      text += key.length;
      if (text > MAX_TEXT) return tooLarge();
      copy[key] = take((part as Record<string, unknown>)[key], depth + 1);
      if (!fits) return null;
    }
    return copy;
  };
  const tooLarge = (): null => {
    fits = false;
    return null;
  };
  const copy = take(value, 0);
  return fits ? { copy } : null;
}
