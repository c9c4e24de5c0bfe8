/**
 * `npm run torture -- server [--kills 30] [--seed N]`: clients send records while the server or its PostgreSQL is
 * killed at random, or their disk filled (on Linux, as root). Afterwards every record that was answered for is in its table, and after all were sent again,
 * each is there once. The seed decides what is killed and when.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { Client } from 'pg';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

import { ServerProcess } from './server-process.ts';
import { SendingClients } from './server-clients.ts';
import { mountSmallDisk, unmountSmallDisk, whileFull } from './small-disk.ts';

/** Requests that must fail before there is room again: enough for the database to have noticed. */
const REFUSALS = 50;
const DISK = '256m';

const KILLS = ['server', 'postgres', 'both'] as const;
export type ServerFault = (typeof KILLS)[number] | 'disk full';

export interface TortureOptions {
  /** How often something is killed, or the disk filled. */
  kills: number;
  seed: number;
  /** What happens, by chance. Default: the three kills. */
  faults?: readonly ServerFault[];
  /** A small disk for the server's data; `disk full` needs it. Default: an ordinary folder. */
  disk?: string | null;
  /** Told after each kill. */
  onKill?: (done: number, what: string) => void;
}

export interface TortureReport {
  seed: number;
  kills: Record<string, number>;
  records: number;
  /** Records that were answered for during the faults. */
  answered: number;
  /** Answered for, but not stored: must be 0. */
  lost: number;
  /** Rows beyond one for each record: must be 0. */
  doubled: number;
  /** Records that are missing after all were sent again: must be 0. */
  missing: number;
  slowestRestartMs: number;
}

export async function tortureServer({
  kills,
  seed,
  faults = KILLS,
  disk = null,
  onKill = () => {},
}: TortureOptions): Promise<TortureReport> {
  const random = xoroshiro128plus(seed);
  const pick = (from: number, to: number): number => uniformInt(random, from, to);
  const dataDir = mkdtempSync(join(disk ?? tmpdir(), 'roost-torture-'));
  const server = new ServerProcess(dataDir);
  const counts = Object.fromEntries(faults.map((fault) => [fault, 0]));
  let slowestRestartMs = 0;
  const clients = new SendingClients(() => server.url, { clients: 6, seed });
  const answers = (count: number): Promise<void> => Promise.race([clients.answers(count), server.ended]);
  try {
    await server.start();
    clients.start();
    for (let done = 1; done <= kills; done += 1) {
      // So many more answers, then the kill: it falls into the work whatever the machine's speed.
      await answers(pick(5, 60));
      const what = faults[pick(0, faults.length - 1)]!;
      counts[what]! += 1;
      if (what === 'disk full' && disk !== null) {
        await whileFull(disk, () => Promise.race([clients.refusals(REFUSALS), server.ended]));
      }
      const before = performance.now();
      if (what === 'postgres' || what === 'both') server.killPostgres();
      if (what === 'server' || what === 'both') {
        await server.kill();
        await server.start();
      }
      await answers(1);
      slowestRestartMs = Math.max(slowestRestartMs, performance.now() - before);
      onKill(done, what);
    }
    await clients.stop();
    const answered = clients.answeredKeys();
    const lost = difference(answered, await storedKeys(server));
    await clients.sendAllAgain();
    const all = clients.allKeys();
    const stored = await storedKeys(server);
    return {
      seed,
      kills: counts,
      records: all.size,
      answered: answered.size,
      lost,
      doubled: stored.length - new Set(stored).size,
      missing: difference(all, stored),
      slowestRestartMs,
    };
  } finally {
    clients.abandon();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** `user_id event_id` of every row, events and crashes. */
async function storedKeys(server: ServerProcess): Promise<string[]> {
  const client = await connect(server);
  try {
    const { rows } = await client.query<{ key: string }>(
      `select user_id || ' ' || event_id as key from events
       union all select user_id || ' ' || event_id from crashes`,
    );
    return rows.map(({ key }) => key);
  } finally {
    await client.end();
  }
}

/** PostgreSQL may be on its way back from the last kill: its lock file is missing, or still tells the old port. */
async function connect(server: ServerProcess): Promise<Client> {
  for (const deadline = Date.now() + 30_000; ; await setTimeout(100)) {
    try {
      const client = new Client({ connectionString: await server.databaseUrl() });
      client.on('error', () => {}); // a query reports it as well
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** How many of `wanted` are not in `there`. */
function difference(wanted: ReadonlySet<string>, there: readonly string[]): number {
  const stored = new Set(there);
  return [...wanted].filter((key) => !stored.has(key)).length;
}

export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: { kills: { type: 'string', default: '30' }, seed: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'roost-torture-disk-'));
  // PostgreSQL's own user has to get through.
  chmodSync(folder, 0o755);
  const disk = mountSmallDisk(join(folder, 'disk'), DISK);
  try {
    const report = await tortureServer({
      kills: Number(values.kills),
      seed,
      disk,
      faults: disk === null ? KILLS : [...KILLS, 'disk full'],
      onKill: (done, what) => process.stdout.write(`\r${done} of ${values.kills} kills (${what})    `),
    });
    process.stdout.write('\n');
    console.table({
      'seed (--seed repeats it)': report.seed,
      [`faults: ${Object.keys(report.kills).join(', ')}`]: Object.values(report.kills).join(', '),
      'records sent': report.records,
      'records answered for during the faults': report.answered,
      'answered for, but lost': report.lost,
      'missing after all were sent again': report.missing,
      'stored twice': report.doubled,
      'slowest return to work, ms': Math.round(report.slowestRestartMs),
    });
    return report.lost === 0 && report.missing === 0 && report.doubled === 0;
  } finally {
    if (disk !== null) unmountSmallDisk(disk);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
