import { setTimeout as wait } from 'node:timers/promises';

const ASK_EVERY_MS = 50;
/** Generous: a busy machine must not make a healthy demo fail. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Resolves once `holds` answers true. Throws after the timeout; what `holds` throws ends the wait at once. */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean> | boolean,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}.`);
    await wait(ASK_EVERY_MS);
  }
}
