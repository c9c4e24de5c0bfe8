/** Every SDK under every fault: ten captures, SIGKILL, a start against a good server, and a count. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { App } from './app.ts';
import type { Peer } from './peers.ts';
import { CAPTURES, type Order } from './programs/program.ts';
import { type Fault, Receiver } from './receiver.ts';

export type Kill = Order['kill'];

export interface Cell {
  peer: Peer;
  fault: Fault;
  kill: Kill;
}

export interface Outcome extends Cell {
  /** Captures of which the server has at least one copy. */
  arrived: number;
  /** Of these, the ones of which it has several that bear the same id: a server can tell. */
  repeated: number;
  /** And the ones whose copies it cannot tell from different records. */
  doubled: number;
  /** What ended the app before it was killed, where something did. */
  ended: string | null;
}

/** Longer than any of the SDKs waits before its first tries and time limits. */
const KILLED_LATER_MS = 30_000;
/** A record that has not come by then counts as lost. Longer than any SDK's own pause at a good server. */
const PATIENCE_MS = 120_000;
/** After the last record, for repetitions. */
const QUIET_MS = 10_000;

/** `atOnce` cells run side by side: they mostly wait. */
export async function runMatrix(
  cells: readonly Cell[],
  atOnce: number,
  onDone: (done: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...cells];
  const lane = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      outcomes.push(await runCell(cell));
      onDone(outcomes.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return outcomes;
}

async function runCell({ peer, fault, kill }: Cell): Promise<Outcome> {
  const dataDir = mkdtempSync(join(tmpdir(), 'roost-peers-'));
  const receiver = new Receiver(peer, fault);
  await receiver.open();
  const order = { kill, dataDir, url: receiver.url };
  try {
    const ended = await captureAndDie(new App(peer, { ...order, task: 'capture' }));
    await receiver.recover();
    const next = new App(peer, { ...order, task: 'recover' });
    await next.says('started');
    await untilQuiet(receiver);
    if (next.hasEnded) throw new Error(`${peer.name} ended after ${fault}: ${next.errors}`);
    await next.kill();
    if (receiver.problems.length > 0)
      throw new Error(`${peer.name}, ${fault}: ${receiver.problems.join('\n')}`);
    return { peer, fault, kill, ended, ...count(receiver) };
  } finally {
    await receiver.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** What ended the app where it was not the kill. */
  async function captureAndDie(app: App): Promise<string | null> {
    if (kill === 'later') {
      await app.says('captured');
      await Promise.race([delay(KILLED_LATER_MS, undefined, { ref: false }), app.closed]);
      await app.kill();
    }
    await app.closed;
    if (app.wasKilled) return null;
    return app.errors.split('\n').find((line) => /^\w*Error/.test(line)) ?? 'without a word';
  }
}

async function untilQuiet(receiver: Receiver): Promise<void> {
  const began = performance.now();
  while (performance.now() < began + PATIENCE_MS) {
    const all = new Set(receiver.arrivals.map(({ number }) => number)).size === CAPTURES;
    // What arrived before the kill may be repeated by the next start, which takes a moment.
    if (all && performance.now() - Math.max(receiver.lastArrival, began) > QUIET_MS) return;
    await delay(100);
  }
}

function count({ arrivals }: Receiver): Pick<Outcome, 'arrived' | 'repeated' | 'doubled'> {
  const ids = new Map<number, (string | null)[]>();
  for (const { number, id } of arrivals) ids.set(number, [...(ids.get(number) ?? []), id]);
  const several = [...ids.values()].filter((copies) => copies.length > 1);
  const canTell = (copies: (string | null)[]): boolean =>
    !copies.includes(null) && new Set(copies).size === 1;
  const repeated = several.filter(canTell).length;
  return { arrived: ids.size, repeated, doubled: several.length - repeated };
}
