/**
 * The whole chain, hurt at every point at once: a fleet of apps, each with its own line, three servers and one
 * PostgreSQL. Afterwards every captured record must be stored once, or be missing for a reason that is promised.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { PendingReport } from '../../../lib/handle.ts';
import { MAX_DEAD_LETTERS } from '../../../lib/queue/store.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { type App, type AppFault, faultsOf, inflict, type Surroundings } from './app-faults.ts';
import { Client } from './client.ts';
import { createDice } from './dice.ts';
import { Ledger, type LedgerReport } from './ledger.ts';
import { deadLetters } from './queue-file.ts';
import { inflictOnServers, SERVER_FAULTS, type ServerFault } from './server-faults.ts';
import { Postgres, Server } from './servers.ts';

export interface ChainOptions {
  seed: number;
  folder: string;
  /** A folder on a disk of a few MiB that may be filled; null: no disk is filled. */
  smallDisk: string | null;
  /** Apps with a profile of their own; two more share one. */
  apps: number;
  servers: number;
  lasts: Surroundings['lasts'];
  sleepsAtMostMs: number;
  /** No fault begins after this. Milliseconds. */
  durationMs: number;
  /** Default: all, again and again. Else these, each once, dealt over the apps. */
  appFaults?: readonly AppFault[];
  serverFaults?: readonly ServerFault[];
  /** Of the faults of apps, these alone, again and again. Default: all. */
  only?: readonly AppFault[];
  onProgress?: (progress: { captured: number; injected: number; fault: string }) => void;
}

export interface ChainReport extends LedgerReport {
  /** Of each profile at the end. */
  pending: PendingReport[];
  /** Processes that ended though nobody had ended them. */
  unexpectedEnds: string[];
  /** Lives that were ended by a kill or a signal. */
  lives: number;
}

/**
 * What no server could read, not even alone, is set aside, and rows that damage to the file has left without a kind are
 * dropped: the ledger counts as lost what goes with a file that was not damaged. Nothing else may go.
 */
const PROMISED_DROPS: ReadonlySet<string> = new Set(['undeliverable_malformed', 'damaged']);

export function isSound({ total, stolen, unreported, pending, unexpectedEnds, lives }: ChainReport): boolean {
  return (
    total.captured > 0 &&
    total.lost + total.doubled + stolen === 0 &&
    unreported <= lives &&
    pending.every(({ events, crashes }) => events + crashes === 0) &&
    pending.every(({ dropped }) => Object.keys(dropped).every((reason) => PROMISED_DROPS.has(reason))) &&
    unexpectedEnds.length === 0
  );
}

const YEAR_MS = 365 * 86_400_000;
const CLOCKS_MS = [0, 3 * YEAR_MS, 0, -5 * YEAR_MS, 3_600_000];
const SERVER_CLOCKS_MS = [0, 60_000, -60_000];
/** A stall is not waited for any longer. */
const RECOVERY_MS = 90_000;

export async function tortureChain(options: ChainOptions): Promise<ChainReport> {
  const { seed, folder, durationMs } = options;
  const compileCache = join(folder, 'compiled');
  const activeOnServers = new Set<string>();
  const ledger = new Ledger(() => [...activeOnServers]);
  const postgres = await Postgres.start(join(folder, 'database'));
  const servers = SERVER_CLOCKS_MS.slice(0, options.servers).map(
    (clock) => new Server(postgres.url, compileCache, clock),
  );
  let lives = 0;
  const apps = makeApps(options, servers, { ledger, compileCache, nextLife: () => (lives += 1) });
  let until = Infinity;
  let injected = 0;
  const begin = (fault: string): void => {
    ledger.injected(fault);
    injected += 1;
    options.onProgress?.({ captured: ledger.captured, injected, fault });
  };

  const hurtApp = async (app: App, index: number): Promise<void> => {
    const dice = createDice(seed * 1_000 + index);
    const possible = faultsOf(app).filter((fault) => options.only?.includes(fault) ?? true);
    if (possible.length === 0) return;
    for (const fault of deal(possible, index)) {
      if (performance.now() > until) return;
      await app.client.hears(dice.between(5, 30));
      begin(fault);
      app.client.meets(fault);
      await inflict(fault, app, { ...options, dice });
      ledger.stalled(fault, await untilAnswered([app.proxy]));
      app.client.meets();
    }
    function deal(faults: AppFault[], lane: number): Iterable<AppFault> {
      if (!options.appFaults) return forever(() => dice.shuffled(faults));
      return options.appFaults.filter((fault, at) => at % apps.length === lane && faults.includes(fault));
    }
  };
  const hurtServers = async (): Promise<void> => {
    const dice = createDice(seed * 1_000 + 999);
    for (const fault of options.serverFaults ?? forever(() => dice.shuffled(SERVER_FAULTS))) {
      if (performance.now() > until) return;
      await delay(dice.between(options.lasts.least, options.lasts.most));
      begin(fault);
      activeOnServers.add(fault);
      await inflictOnServers(fault, { servers, postgres }, { ...options, dice });
      ledger.stalled(fault, await untilAnswered(apps.map(({ proxy }) => proxy)));
      activeOnServers.delete(fault);
    }
  };

  try {
    await Promise.all([...servers.map((server) => server.start()), ...apps.map(({ proxy }) => proxy.open())]);
    await Promise.all(apps.map(({ client }) => client.start()));
    until = performance.now() + durationMs;
    await Promise.all([...apps.map(hurtApp), hurtServers()]);
    const livesBefore = lives;
    const pending = await recoverAll(apps);
    const database = await postgres.connect();
    const report = await ledger
      .compare(database, deadLettersOf(apps), forgottenLetters(apps, pending))
      .finally(() => database.end());
    const unexpectedEnds = [
      ...apps.flatMap(({ client }) => client.unexpected),
      ...servers.flatMap(({ ends }) => ends.filter((end) => end.startsWith('running'))),
    ];
    return { ...report, pending, unexpectedEnds, lives: livesBefore };
  } finally {
    await Promise.all(apps.map(({ client }) => client.end('SIGKILL')));
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
    await Promise.all(apps.map(({ proxy }) => proxy.close()));
    await postgres.close();
  }
}

function makeApps(
  { apps, folder, smallDisk, seed }: ChainOptions,
  servers: readonly Server[],
  common: { ledger: Ledger; compileCache: string; nextLife: () => number },
): App[] {
  const make = (profile: number, lane: number, where: { shared?: boolean; disk?: string } = {}): App => {
    const dice = createDice(seed * 1_000 + 500 + lane);
    const proxy = new FaultProxy({
      servers: () => dice.shuffled(servers.map(({ url }) => url)),
      random: () => dice.fraction(),
    });
    const dataDir = join(where.disk ?? folder, `profile-${profile}`);
    mkdirSync(dataDir, { recursive: true });
    const client = new Client({
      ...common,
      profile,
      dataDir,
      clockAheadMs: where.shared || where.disk ? 0 : CLOCKS_MS[profile % CLOCKS_MS.length]!,
      // Known only once it is open.
      endpoint: () => proxy.endpoint,
    });
    return {
      client,
      proxy,
      shared: where.shared ?? false,
      smallDisk: where.disk !== undefined,
      optsOut: lane < apps && lane % 2 === 0,
    };
  };
  return [
    ...Array.from({ length: apps }, (_, index) => make(index, index)),
    make(apps, apps, { shared: true }),
    make(apps, apps + 1, { shared: true }),
    ...(smallDisk === null ? [] : [make(apps + 1, apps + 2, { disk: smallDisk })]),
  ];
}

/** Milliseconds until a server's answer has come through one of the lines. */
async function untilAnswered(proxies: readonly FaultProxy[]): Promise<number> {
  const start = performance.now();
  const stops: (() => void)[] = [];
  const answered = Promise.race(
    proxies.map((proxy) => new Promise<void>((resolve) => stops.push(proxy.onceAnswered(resolve)))),
  );
  const tooLong = new AbortController();
  const limit = delay(RECOVERY_MS, undefined, { signal: tooLong.signal }).catch(() => {});
  await Promise.race([answered, limit]);
  tooLong.abort();
  for (const stop of stops) stop();
  return performance.now() - start;
}

/** One profile after the other: the machine may be small. */
async function recoverAll(apps: readonly App[]): Promise<PendingReport[]> {
  await Promise.all(apps.map(({ client }) => client.end('SIGKILL')));
  const pending: PendingReport[] = [];
  for (const client of new Map(apps.map(({ client }) => [client.profile, client])).values()) {
    pending.push(await client.recover());
  }
  return pending;
}

/** By profile, in the order of `recoverAll`: a queue keeps the newest dead letters, and counts all. */
function forgottenLetters(apps: readonly App[], pending: readonly PendingReport[]): Map<number, number> {
  const profiles = [...new Set(apps.map(({ client }) => client.profile))];
  return new Map(
    profiles.map((profile, index) => {
      const { undeliverable_malformed: letters = 0 } = pending[index]!.dropped;
      return [profile, Math.max(0, letters - MAX_DEAD_LETTERS)];
    }),
  );
}

function deadLettersOf(apps: readonly App[]): Set<number> {
  const folders = new Set(apps.map(({ client }) => client.dataDir));
  return new Set([...folders].flatMap((folder) => deadLetters(folder)));
}

function* forever<T>(round: () => Iterable<T>): Generator<T> {
  for (;;) yield* round();
}
