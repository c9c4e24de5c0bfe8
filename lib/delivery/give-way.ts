import { setImmediate } from 'node:timers/promises';

/** Lets everything else that waits for the event loop go first. */
export async function giveWay(): Promise<void> {
  await setImmediate();
}
