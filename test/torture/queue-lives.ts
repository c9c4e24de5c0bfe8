/**
 * The queue's fault test: many short lives of an app on one profile, each meeting a server that fails in its way, each
 * killed at a random moment; then one that recovers. What was captured must be what is stored, once each.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

import type pg from 'pg';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import type { PendingReport } from '../../lib/handle.ts';
import { type Fault, FAULTS, type FaultServer } from './fault-server.ts';
import type { LifeOrder } from './queue-life.ts';

export interface TortureOptions {
  kills: number;
  /** The same seed gives the same faults and moments (counted in captured records, then milliseconds). */
  seed: number;
  /** Lives at the same time, on one queue. */
  lanes: number;
  /** Each life captures from 1 to so many records before it is killed, and a few more until it is dead. */
  records: number;
  dataDir: string;
  server: FaultServer;
  pool: pg.Pool;
  /** Recover with a clock that is a minute ahead, instead of waiting until the leases of the dead run out. */
  hurry: boolean;
  progress?: (kills: number) => void;
}

export interface FaultRow {
  fault: Fault;
  kills: number;
  /** Calls that had returned before the kill. */
  captured: number;
  /** Of these, in the database. */
  stored: number;
  lost: number;
  /** Rows too many. */
  doubled: number;
  /** Requests that the server met. */
  requests: number;
}

export interface TortureReport {
  rows: FaultRow[];
  /** Stored although the kill came before the call had returned: allowed, one a kill at most. */
  unreported: number;
  /** Of the queue at the end: drops and problems must be none. */
  pending: PendingReport;
}

interface Life {
  life: number;
  fault: Fault;
  /** Killed once so many records were captured … */
  records: number;
  /** … and so many milliseconds have passed. */
  delayMs: number;
}

/** As in queue-life.ts. */
const LIFE_SPAN = 10_000;
const MAX_DELAY_MS = 30;
const LEASE_AHEAD_MS = 61_000;

export async function tortureQueue(options: TortureOptions): Promise<TortureReport> {
  const lives = planLives(options);
  // Ends by itself, and so leaves behind the compiled code that the killed ones start from.
  await recover(options);
  const captured = new Map<Life, Set<number>>();
  const waiting = [...lives];
  let kills = 0;
  const lane = async (): Promise<void> => {
    for (let life = waiting.shift(); life; life = waiting.shift()) {
      captured.set(life, await live(life, options));
      kills += 1;
      options.progress?.(kills);
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
  const pending = await recover(options);
  return compare(captured, await countStored(options.pool), pending, options.server);
}

export function isSound({ rows, unreported, pending }: TortureReport): boolean {
  const kills = rows.reduce((sum, row) => sum + row.kills, 0);
  return (
    rows.every(({ lost, doubled }) => lost === 0 && doubled === 0) &&
    unreported <= kills &&
    Object.keys(pending.dropped).length === 0 &&
    pending.health.problems.length === 0
  );
}

function planLives({ kills, seed, records }: TortureOptions): Life[] {
  const random = xoroshiro128plus(seed);
  return Array.from({ length: kills }, (_, life) => ({
    life,
    fault: FAULTS[uniformInt(random, 0, FAULTS.length - 1)]!,
    records: uniformInt(random, 1, records),
    delayMs: uniformInt(random, 0, MAX_DELAY_MS),
  }));
}

/** Numbers of the records whose calls had returned. */
async function live(life: Life, { dataDir, server }: TortureOptions): Promise<Set<number>> {
  const numbers = new Set<number>();
  const program = startLife({
    task: 'capture',
    dataDir,
    endpoint: server.endpoint(life.fault),
    life: life.life,
    clockAheadMs: 0,
  });
  let isDoomed = false;
  program.onLine((line) => {
    numbers.add(Number(line));
    if (numbers.size < life.records || isDoomed) return;
    isDoomed = true;
    void setTimeout(life.delayMs).then(() => program.kill());
  });
  const { signal, errors } = await program.ended;
  if (signal !== 'SIGKILL') throw new Error(`life ${life.life} ended by itself: ${errors}`);
  return numbers;
}

async function recover({ dataDir, server, hurry }: TortureOptions): Promise<PendingReport> {
  const endpoint = server.endpoint('accept');
  const clockAheadMs = hurry ? LEASE_AHEAD_MS : 0;
  const program = startLife({ task: 'recover', dataDir, endpoint, life: -1, clockAheadMs });
  let pending: PendingReport | null = null;
  program.onLine((line) => {
    pending = JSON.parse(line) as PendingReport;
  });
  const { errors } = await program.ended;
  if (!pending) throw new Error(`the recovering life failed: ${errors}`);
  return pending;
}

function startLife(order: LifeOrder): {
  onLine: (listener: (line: string) => void) => void;
  kill: () => void;
  ended: Promise<{ signal: NodeJS.Signals | null; errors: string }>;
} {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'queue-life.ts'), JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: `${order.dataDir}-compiled` },
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  const lines = createInterface(child.stdout);
  return {
    onLine: (listener) => void lines.on('line', listener),
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (_code, signal) => resolve({ signal, errors }));
    }),
  };
}

/** How often each record is stored: by life, then by number. */
async function countStored(pool: pg.Pool): Promise<Map<number, Map<number, number>>> {
  const stored = new Map<number, Map<number, number>>();
  const add = (life: number, number: number, times: number): void => {
    const ofLife = stored.get(life) ?? new Map<number, number>();
    ofLife.set(number, times);
    stored.set(life, ofLife);
  };
  const events = await pool.query<{ count: number; times: number }>(
    "select (properties ->> 'count')::int as count, count(*)::int as times from events group by 1",
  );
  for (const { count, times } of events.rows) add(Math.floor(count / LIFE_SPAN), count % LIFE_SPAN, times);
  const crashes = await pool.query<{ error_message: string; times: number }>(
    'select error_message, count(*)::int as times from crashes group by 1',
  );
  for (const { error_message, times } of crashes.rows) {
    const [, life, number] = /life (\d+) failure (\d+)/.exec(error_message) ?? [];
    add(Number(life), Number(number), times);
  }
  return stored;
}

function compare(
  captured: Map<Life, Set<number>>,
  stored: Map<number, Map<number, number>>,
  pending: PendingReport,
  server: FaultServer,
): TortureReport {
  let unreported = 0;
  const rows = FAULTS.map((fault): FaultRow => {
    const row = {
      fault,
      kills: 0,
      captured: 0,
      stored: 0,
      lost: 0,
      doubled: 0,
      requests: server.requests(fault),
    };
    for (const [life, numbers] of captured) {
      if (life.fault !== fault) continue;
      const times = stored.get(life.life) ?? new Map<number, number>();
      row.kills += 1;
      row.captured += numbers.size;
      for (const number of numbers) {
        if (times.has(number)) row.stored += 1;
        else row.lost += 1;
      }
      for (const [number, count] of times) {
        row.doubled += count - 1;
        if (!numbers.has(number)) unreported += 1;
      }
    }
    return row;
  });
  return { rows, unreported, pending };
}
