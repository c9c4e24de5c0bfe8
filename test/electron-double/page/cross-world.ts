/**
 * Calls between the two worlds of a page. Worlds share the document but no objects, so a call travels as the text of a
 * DOM event, synchronously; functions and promises stay where they are and are called by number, as Electron's context
 * bridge proxies them (https://www.electronjs.org/docs/latest/api/context-bridge#api-functions).
 */
import { decode, encode } from '../wire.ts';

type AnyFunction = (...args: unknown[]) => unknown;
type Message =
  | { type: 'call'; id: number; args: string }
  | { type: 'return'; ok: boolean; value: string }
  | { type: 'settled'; id: number; ok: boolean; value: string };

/** Numbers of the two functions that the page's own world offers, in this order. */
export const EXPOSE = 0;
export const EVALUATE = 1;

export interface OtherWorld {
  /** Calls a function of the other world by its number; throws what it throws, as a copy. */
  call(id: number, args: unknown[]): unknown;
  /** Gives a function of this world a number that the other may call. */
  offer(work: AnyFunction): number;
}

export function connectWorlds(token: string, here: string, there: string): OtherWorld {
  const offered: AnyFunction[] = [];
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let returned: Extract<Message, { type: 'return' }> | null = null;
  let promises = 0;

  const send = (message: Message): void => {
    window.dispatchEvent(new CustomEvent(`${token}:${there}`, { detail: JSON.stringify(message) }));
  };
  const pack = (value: unknown): string =>
    encode(value, (part) => {
      if (typeof part === 'function') return { function: offer(part as AnyFunction) };
      if (part instanceof Promise) return { promise: follow(part) };
      return undefined;
    });
  const unpack = (text: string): unknown =>
    decode(text, (part) => {
      const { function: id, promise } = part as { function?: number; promise?: number };
      if (id !== undefined) return (...args: unknown[]) => call(id, args);
      return new Promise((resolve, reject) => waiting.set(promise!, { resolve, reject }));
    });
  const offer = (work: AnyFunction): number => offered.push(work) - 1;
  const follow = (promise: Promise<unknown>): number => {
    promises += 1;
    const id = promises;
    promise.then(
      (value) => send({ type: 'settled', id, ok: true, value: pack(value) }),
      (error: unknown) => send({ type: 'settled', id, ok: false, value: pack(error) }),
    );
    return id;
  };
  const call = (id: number, args: unknown[]): unknown => {
    send({ type: 'call', id, args: pack(args) });
    const { ok, value } = returned!;
    if (ok) return unpack(value);
    throw unpack(value);
  };

  window.addEventListener(`${token}:${here}`, (event) => {
    const message = JSON.parse((event as CustomEvent<string>).detail) as Message;
    if (message.type === 'return') returned = message;
    if (message.type === 'settled') {
      const { resolve, reject } = waiting.get(message.id)!;
      waiting.delete(message.id);
      (message.ok ? resolve : reject)(unpack(message.value));
    }
    if (message.type === 'call') {
      let answer: Message;
      try {
        const value = offered[message.id]!(...(unpack(message.args) as unknown[]));
        answer = { type: 'return', ok: true, value: pack(value) };
      } catch (error) {
        answer = { type: 'return', ok: false, value: pack(error) };
      }
      send(answer);
    }
  });
  return { call, offer };
}
