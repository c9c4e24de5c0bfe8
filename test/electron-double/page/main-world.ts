/** Runs in the page's own world before its scripts: the far end of the context bridge. */
import { connectWorlds } from './cross-world.ts';

declare const WORLD_TOKEN: string;

const isolated = connectWorlds(WORLD_TOKEN, 'main', 'isolated');

// EXPOSE
isolated.offer((...[key, api]) => {
  // electron/electron shell/renderer/api/electron_api_context_bridge.cc, `ExposeAPI`
  if (Object.hasOwn(window, key as string)) {
    throw new Error(`Cannot bind an API on top of an existing property on the window object`);
  }
  Object.defineProperty(window, key as string, { value: deepFreeze(api), enumerable: true });
});

// A page's CSP forbids eval: taken before the document brings it, where its header did not.
const evaluate = globalThis.eval;
// EVALUATE
isolated.offer((...[source]) => evaluate(source as string));

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
