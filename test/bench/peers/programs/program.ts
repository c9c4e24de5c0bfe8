/** What every program does with its SDK: start it, capture ten times, and be killed or stay until it is. */
import { writeSync } from 'node:fs';

export interface Order {
  /** `capture`: ten captures. `recover`: the next start of the app, which captures nothing. */
  task: 'capture' | 'recover';
  /** `now`: the process kills itself in the same tick as the last capture. `later`: somebody will. */
  kill: 'now' | 'later';
  dataDir: string;
  /** Origin of the server. */
  url: string;
}

export interface Sdk {
  start(order: Order): void | Promise<void>;
  /** Captures the error or event that bears this number. */
  capture(number: number): void;
}

export const CAPTURES = 10;
/** An app that has been running for a moment: SDKs that prepare themselves in the background are done. */
const WARM_UP_MS = 2_000;

export function textOf(number: number): string {
  return `capture ${number}`;
}

export async function runProgram({ start, capture }: Sdk): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '{}') as Order;
  await start(order);
  // An app stays open, whatever its SDK does.
  setInterval(() => {}, 60_000);
  writeSync(1, 'started\n');
  if (order.task === 'recover') return;
  setTimeout(() => {
    for (let number = 1; number <= CAPTURES; number += 1) capture(number);
    if (order.kill === 'now') process.kill(process.pid, 'SIGKILL');
    else writeSync(1, 'captured\n');
  }, WARM_UP_MS);
}
