/**
 * Values of the structured clone algorithm as JSON text: what Electron's IPC carries (mojo, V8's serializer) has to pass
 * a DevTools binding here, which takes strings alone. Functions and promises pass only where `special` takes them, as
 * the context bridge does.
 */
type Tagged =
  | { t: 'undefined' }
  | { t: 'number' | 'bigint' | 'date' | 'buffer'; v: string }
  | { t: 'regexp'; v: string; f: string }
  | { t: 'error'; i: number; n: string; m: string; s: string }
  | { t: 'array' | 'set'; i: number; v: Wire[] }
  | { t: 'object' | 'map'; i: number; v: [Wire, Wire][] }
  | { t: 'ref'; i: number }
  | { t: 'special'; v: unknown };
type Wire = string | number | boolean | null | Tagged;

/** Electron's words where a value cannot be cloned. */
const NOT_CLONEABLE = 'An object could not be cloned.';

export function encode(value: unknown, special?: (value: unknown) => unknown): string {
  const seen = new Map<object, number>();
  const one = (part: unknown): Wire => {
    const given = special?.(part);
    if (given !== undefined) return { t: 'special', v: given };
    switch (typeof part) {
      case 'string':
      case 'boolean':
        return part;
      case 'undefined':
        return { t: 'undefined' };
      case 'number':
        return Number.isFinite(part) && !Object.is(part, -0)
          ? part
          : { t: 'number', v: Object.is(part, -0) ? '-0' : String(part) };
      case 'bigint':
        return { t: 'bigint', v: String(part) };
      case 'object':
        return part === null ? null : object(part);
      default:
        throw new Error(NOT_CLONEABLE);
    }
  };
  const object = (part: object): Wire => {
    const before = seen.get(part);
    if (before !== undefined) return { t: 'ref', i: before };
    const i = seen.size;
    seen.set(part, i);
    if (part instanceof Date) return { t: 'date', v: String(part.getTime()) };
    if (part instanceof RegExp) return { t: 'regexp', v: part.source, f: part.flags };
    if (part instanceof Error) return { t: 'error', i, n: part.name, m: part.message, s: String(part.stack) };
    if (part instanceof ArrayBuffer) return { t: 'buffer', v: base64(new Uint8Array(part)) };
    if (ArrayBuffer.isView(part)) {
      return { t: 'buffer', v: base64(new Uint8Array(part.buffer, part.byteOffset, part.byteLength)) };
    }
    if (Array.isArray(part)) return { t: 'array', i, v: part.map(one) };
    if (part instanceof Set) return { t: 'set', i, v: [...part].map(one) };
    if (part instanceof Map)
      return { t: 'map', i, v: [...part].map(([key, entry]) => [one(key), one(entry)]) };
    if (typeof (part as { nodeType?: unknown }).nodeType === 'number') throw new Error(NOT_CLONEABLE);
    return { t: 'object', i, v: Object.entries(part).map(([key, entry]) => [key, one(entry)]) };
  };
  return JSON.stringify(one(value));
}

export function decode(text: string, special?: (value: unknown) => unknown): unknown {
  const seen = new Map<number, object>();
  const keep = <T extends object>(i: number, made: T): T => {
    seen.set(i, made);
    return made;
  };
  const one = (wire: Wire): unknown => {
    if (typeof wire !== 'object' || wire === null) return wire;
    switch (wire.t) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(wire.v);
      case 'bigint':
        return BigInt(wire.v);
      case 'date':
        return new Date(Number(wire.v));
      case 'regexp':
        return new RegExp(wire.v, wire.f);
      case 'buffer':
        return Uint8Array.from(atob(wire.v), (character) => character.charCodeAt(0));
      case 'error': {
        const error = keep(wire.i, new Error(wire.m));
        error.stack = wire.s;
        if (wire.n !== 'Error') error.name = wire.n;
        return error;
      }
      case 'array': {
        const list = keep(wire.i, [] as unknown[]);
        for (const entry of wire.v) list.push(one(entry));
        return list;
      }
      case 'set': {
        const set = keep(wire.i, new Set());
        for (const entry of wire.v) set.add(one(entry));
        return set;
      }
      case 'map': {
        const map = keep(wire.i, new Map());
        for (const [key, entry] of wire.v) map.set(one(key), one(entry));
        return map;
      }
      case 'object': {
        const object = keep(wire.i, {});
        // V8 defines properties, so that `__proto__` arrives as a property of its own.
        for (const [key, entry] of wire.v) {
          Object.defineProperty(object, key as string, {
            value: one(entry),
            writable: true,
            enumerable: true,
            configurable: true,
          });
        }
        return object;
      }
      case 'ref':
        return seen.get(wire.i);
      default:
        return special?.(wire.v);
    }
  };
  return one(JSON.parse(text) as Wire);
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
