/**
 * An error taken apart into plain data that passes any bridge. Never throws.
 *
 * The function stands alone (no imports at run time, no helpers outside): the preload also hands its source to the
 * page's own world, which shares no objects with the preload's.
 */
import type { ErrorParts } from '../lib/record/ipc.ts';

export function errorParts(thrown: unknown): ErrorParts {
  const MAX_MESSAGE = 16_000;
  const MAX_STACK = 500_000;
  const MAX_DEPTH = 5;
  const read = (object: object, key: string): unknown => {
    try {
      return (object as Record<string, unknown>)[key];
    } catch {
      return undefined; // a getter of the page's own
    }
  };
  const take = (error: unknown, depth: number): ErrorParts => {
    if (typeof error !== 'object' || error === null) {
      let text = typeof error as string;
      try {
        text = String(error);
      } catch {
        // a function whose toString throws
      }
      const message = text.slice(0, MAX_MESSAGE);
      return typeof error === 'string' && error !== '' ? { message } : { name: 'Thrown', message };
    }
    const parts: ErrorParts = {};
    const name = read(error, 'name');
    const message = read(error, 'message');
    const stack = read(error, 'stack');
    if (typeof name === 'string') parts.name = name.slice(0, 200);
    if (typeof message === 'string') parts.message = message.slice(0, MAX_MESSAGE);
    if (typeof stack === 'string') {
      // V8 puts the message before the frames: a huge one would push them over the limit.
      const cut = typeof message === 'string' && message.length > MAX_MESSAGE ? message : '';
      const at = cut === '' ? -1 : stack.indexOf(cut);
      const short = at < 0 ? stack : stack.slice(0, at + MAX_MESSAGE) + stack.slice(at + cut.length);
      parts.stack = short.slice(0, MAX_STACK);
    }
    if (parts.message === undefined && parts.stack === undefined) {
      let keys: string[] = [];
      try {
        keys = Object.keys(error).slice(0, 10);
      } catch {
        // a proxy that refuses
      }
      return {
        name: 'Thrown',
        message: `an object with ${keys.length > 0 ? `keys ${keys.join(', ')}` : 'no keys'}`,
      };
    }
    if (depth < MAX_DEPTH) {
      const cause = read(error, 'cause');
      const errors = read(error, 'errors');
      if (cause !== undefined && cause !== error) parts.cause = take(cause, depth + 1);
      if (Array.isArray(errors)) parts.errors = errors.slice(0, MAX_DEPTH).map((one) => take(one, depth + 1));
    }
    return parts;
  };
  return take(thrown, 0);
}
