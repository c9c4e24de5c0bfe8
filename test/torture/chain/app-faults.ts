/** What happens to one app: its network, its process, its clock, its user's mind, its disk. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { type FaultProxy, NETWORK_FAULTS, type NetworkFault } from '../fault-proxy.ts';
import { whileFull } from '../small-disk.ts';
import type { Client } from './client.ts';
import type { Dice } from './dice.ts';
import { startUntrustedServer } from './untrusted-server.ts';

const OTHER_FAULTS = [
  'app killed',
  'app killed before the answer',
  'app ended (SIGTERM)',
  'app crashes',
  'app asleep (SIGSTOP)',
  'name not resolved',
  'wrong certificate',
] as const;
/** For some apps only. */
const SPECIAL_FAULTS = [
  'clock jumps',
  'opted out and in again',
  'queue file damaged',
  'disk full',
  'disk read-only',
] as const;

export const APP_FAULTS = [...NETWORK_FAULTS, ...OTHER_FAULTS, ...SPECIAL_FAULTS] as const;
export type AppFault = (typeof APP_FAULTS)[number];

export interface App {
  client: Client;
  proxy: FaultProxy;
  /** Another process uses the same profile. */
  shared: boolean;
  /** Its folder lies on a small disk of its own. */
  smallDisk: boolean;
  /** Its user changes their mind. On the other profiles nothing may be missing at all. */
  optsOut: boolean;
}

export interface Surroundings {
  dice: Dice;
  /** Milliseconds that a fault lasts. */
  lasts: { least: number; most: number };
  /** Milliseconds that a sleep lasts at most. */
  sleepsAtMostMs: number;
}

const DAY_MS = 86_400_000;
const CLOCKS_MS = [10 * 365, -6 * 365, 400, -400, 0.5, -0.5, 0.007, -0.007].map((days) => days * DAY_MS);

export function faultsOf({ shared, smallDisk, optsOut }: App): AppFault[] {
  return APP_FAULTS.filter((fault) => {
    switch (fault) {
      case 'disk full':
      case 'disk read-only':
        return smallDisk;
      case 'queue file damaged':
        // Another process would have it open.
        return !shared;
      case 'opted out and in again':
        return optsOut;
      case 'clock jumps':
        // Two apps on one machine have one clock.
        return !shared;
      default:
        return true;
    }
  });
}

/** Resolves when the fault is over; whether all is well again is another matter. */
export async function inflict(
  fault: AppFault,
  { client, proxy }: App,
  surroundings: Surroundings,
): Promise<void> {
  const { dice, lasts, sleepsAtMostMs } = surroundings;
  const whileItLasts = (): Promise<unknown> => delay(dice.between(lasts.least, lasts.most));
  const restart = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    await client.end(signal);
    await client.start();
  };
  const liveAt = async (endpoint: string): Promise<void> => {
    await client.end('SIGTERM');
    await client.start(endpoint);
    await whileItLasts();
    await restart('SIGTERM');
  };
  switch (fault) {
    case 'app killed':
      await client.hears(dice.between(1, 40));
      return restart('SIGKILL');
    case 'app killed before the answer':
      // Where no answer comes meanwhile, it is just a kill.
      await Promise.race([proxy.withholdAnswer(), delay(lasts.most * 2)]);
      return restart('SIGKILL');
    case 'app ended (SIGTERM)':
      return restart('SIGTERM');
    case 'app crashes':
      await client.crash();
      return client.start();
    case 'app asleep (SIGSTOP)':
      client.stop();
      await delay(dice.between(lasts.least, sleepsAtMostMs));
      client.goOn();
      return;
    case 'name not resolved':
      return liveAt('http://roost.invalid');
    case 'wrong certificate': {
      const server = await startUntrustedServer();
      await liveAt(server.url);
      return server.close();
    }
    case 'clock jumps':
      client.setClockAhead(dice.pick(CLOCKS_MS));
      await whileItLasts();
      if (dice.between(0, 1) === 1) client.setClockAhead(0);
      return;
    case 'opted out and in again':
      await client.optOut();
      await delay(dice.between(100, lasts.least));
      return client.optIn();
    case 'queue file damaged':
      await client.end('SIGKILL');
      client.damageFile(dice);
      return client.start();
    case 'disk full':
      return fillDisk(client, lasts.most * 2, whileItLasts);
    case 'disk read-only':
      return lockDisk(client, whileItLasts);
    default:
      return onTheLine(fault, proxy, whileItLasts);
  }
}

async function onTheLine(
  fault: NetworkFault,
  proxy: FaultProxy,
  whileItLasts: () => Promise<unknown>,
): Promise<void> {
  await proxy.impose(fault);
  await whileItLasts();
  await proxy.lift();
}

/**
 * Until the app says that it keeps records in memory; then there is room again, until they are back on the disk. An
 * app whose queue is emptied as fast as it fills lives on the room that its files have, and notices nothing.
 */
async function fillDisk(
  client: Client,
  atMostMs: number,
  whileItLasts: () => Promise<unknown>,
): Promise<void> {
  await whileFull(client.dataDir, () =>
    Promise.race([client.untilDurable(false).then(whileItLasts), delay(atMostMs)]),
  );
  await client.untilDurable(true);
}

/** Read-only from one run to the next: the app keeps in memory what it captures, until it may write again. */
async function lockDisk(client: Client, whileItLasts: () => Promise<unknown>): Promise<void> {
  const remount = (how: 'ro' | 'rw'): void => {
    execFileSync('mount', ['-o', `remount,${how}`, dirname(client.dataDir)]);
  };
  await client.end('SIGTERM');
  remount('ro');
  try {
    await client.start();
    await client.untilDurable(false);
    await whileItLasts();
  } finally {
    remount('rw');
  }
  await client.untilDurable(true);
}
