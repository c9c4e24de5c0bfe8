import { setImmediate } from 'node:timers/promises';

/** Lets everything else that waits for the event loop go first. In a file of its own, so that tests with a stopped clock can replace it. */
export async function giveWay(): Promise<void> {
  await setImmediate();
}
