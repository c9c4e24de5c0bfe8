/** Minutes of load on one server and one app, and how what they hold develops. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { acceptAll, startAnsweringServer } from '../../helpers/answering-server.ts';
import { ServerProcess } from '../server-process.ts';
import {
  canLookIntoProcesses,
  fileBytes,
  type Gauge,
  type GaugeRow,
  judge,
  openFiles,
  residentBytes,
} from './gauge.ts';
import { SteadyLoad } from './steady-load.ts';

export interface LoadPhaseOptions {
  folder: string;
  minutes: number;
  seed: number;
  /** Events a second to the server. */
  rate: number;
  onProgress: (share: number) => void;
}

export interface LoadPhaseReport {
  rows: GaugeRow[];
  accepted: number;
  erasures: number;
}

const APP_RATE = 200;
const SAMPLES = 120;
/** The app's server is away for a while in each period, so that its queue fills and is emptied. */
const PERIOD_MS = 20_000;
const AWAY_MS = 4_000;
const LAST_WORDS_MS = 2_000;
const KB = 1_024;
const MB = 1_024 * KB;

export async function runLoadPhase(options: LoadPhaseOptions): Promise<LoadPhaseReport> {
  const { folder, minutes, seed, rate, onProgress } = options;
  const server = new ServerProcess(join(folder, 'server'));
  const receiver = await startAnsweringServer();
  const dataDir = join(folder, 'app');
  mkdirSync(dataDir);
  let app: ChildProcess | null = null;
  let database: Client | null = null;
  let load: SteadyLoad | null = null;
  try {
    await server.start();
    database = new Client({ connectionString: await server.databaseUrl() });
    await database.connect();
    app = await startApp(dataDir, receiver.url);
    load = new SteadyLoad({ url: server.url, seed, rate });
    load.start();
    // Where the server has ended, its last words say more than the request that it left unanswered.
    const loadFailed = load.failed.catch(async (error: unknown) => {
      await Promise.race([server.ended, delay(LAST_WORDS_MS)]);
      throw error;
    });
    loadFailed.catch(() => {});
    const gauges = [...processGauges('server', server.pid), ...databaseGauges(database)];
    gauges.push(...processGauges('app', app.pid!), ...queueGauges(dataDir));
    const samples = gauges.map((): number[] => []);
    for (let taken = 0; taken < SAMPLES; taken += 1) {
      await Promise.race([delay((minutes * 60_000) / SAMPLES), server.ended, loadFailed]);
      const away = performance.now() % PERIOD_MS < AWAY_MS;
      receiver.answer(away ? () => ({ status: 503 }) : acceptAll);
      receiver.asked.length = 0;
      if (app.exitCode !== null) throw new Error(`the app ended with ${app.exitCode}`);
      for (const [index, gauge] of gauges.entries()) samples[index]!.push(await gauge.read());
      onProgress((taken + 1) / SAMPLES);
    }
    await load.stop();
    return {
      rows: gauges.map((gauge, index) => judge(gauge, samples[index]!)),
      accepted: load.accepted,
      erasures: load.erasures,
    };
  } finally {
    await load?.stop().catch(() => {});
    await database?.end();
    await endApp(app);
    await receiver.close();
    await server.stop();
  }
}

function processGauges(name: string, pid: number): Gauge[] {
  if (!canLookIntoProcesses) return [];
  return [
    {
      what: `memory of the ${name}`,
      unit: 'MB',
      allowed: { share: 0.2, plus: 16 * MB },
      read: () => residentBytes(pid),
    },
    {
      what: `open files of the ${name}`,
      unit: '',
      allowed: { share: 0, plus: 4 },
      read: () => openFiles(pid),
    },
  ];
}

function queueGauges(dataDir: string): Gauge[] {
  const flat = { share: 0.1, plus: 64 * KB };
  return [
    { what: 'queue file', unit: 'KB', allowed: flat, read: () => fileBytes(join(dataDir, 'queue.db')) },
    {
      what: "queue's write-ahead log",
      unit: 'KB',
      // Begun anew by each checkpoint, and as long as the longest stretch between two of them.
      allowed: { share: 0.25, plus: 512 * KB },
      read: () => fileBytes(join(dataDir, 'queue.db-wal')),
    },
    {
      what: 'files in the folder of the app',
      unit: '',
      allowed: { share: 0, plus: 0 },
      read: () => readdirSync(dataDir).length,
    },
  ];
}

function databaseGauges(database: Client): Gauge[] {
  const ask = async (sql: string): Promise<number> => {
    const { rows } = await database.query<{ value: string }>(sql);
    return Number(rows[0]?.value);
  };
  /** With its indexes, for each row: grows where what was deleted is not used again. */
  const perRow = (table: string, plus = 0): Gauge => ({
    what: `a row of ${table}, indexes included`,
    unit: 'bytes',
    allowed: { share: 0.1, plus },
    read: () =>
      ask(`select pg_total_relation_size('${table}') / greatest(count(*), 1) as value from ${table}`),
  });
  return [
    perRow('events'),
    perRow('crashes'),
    // Written again and again: old versions lie there for the minute between two rounds of autovacuum.
    perRow('user_days', 512),
    {
      // Few rows, each written again with every step of its day.
      what: 'sums by day and facet, table and indexes',
      unit: 'KB',
      allowed: { share: 0.25, plus: 4 * MB },
      read: () => ask("select pg_total_relation_size('facet_days') as value"),
    },
    {
      what: 'histories of users, for each event',
      unit: 'bytes',
      // As user_days.
      allowed: { share: 0.1, plus: 128 },
      read: () =>
        ask("select pg_total_relation_size('user_histories') / greatest(count(*), 1) as value from events"),
    },
    {
      what: 'marks of user-days to compute, table and indexes',
      unit: 'KB',
      allowed: { share: 0.25, plus: 4 * MB },
      read: () => ask("select pg_total_relation_size('dirty_user_days') as value"),
    },
    {
      what: "PostgreSQL's write-ahead log",
      unit: 'MB',
      // `max_wal_size`, 1 GB, plus the segment at work and one ahead.
      allowed: { limit: 1_056 * MB },
      read: () => ask('select sum(size) as value from pg_ls_waldir()'),
    },
    {
      what: 'connections to PostgreSQL',
      unit: '',
      allowed: { share: 0, plus: 2 },
      read: () => ask("select count(*) as value from pg_stat_activity where backend_type = 'client backend'"),
    },
  ];
}

async function startApp(dataDir: string, endpoint: string): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'busy-app.ts');
  const app = spawn(process.execPath, ['--expose-gc', program, dataDir, endpoint, String(APP_RATE)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([once(app.stdout, 'data'), once(app, 'exit')]);
  return app;
}

async function endApp(app: ChildProcess | null): Promise<void> {
  if (!app || app.exitCode !== null || app.signalCode !== null) return;
  const ended = once(app, 'exit');
  app.kill('SIGTERM');
  await ended;
}
