/** Three servers and one PostgreSQL, as processes that are killed, stopped and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { type EmbeddedCluster, startCluster } from '../../../server/embedded/cluster.ts';
import { migrate } from '../../../server/store/migrate.ts';
import { createDatabase } from '../../../server/store/pool.ts';
import { FaultLine } from '../fault-proxy-tcp.ts';

const MAIN = join(import.meta.dirname, '../../../server/main.ts');
const CLOCK = new URL('clock.ts', import.meta.url).href;
const DATABASE = 'roost';
/** As a service manager waits before it starts again what has ended. */
const RESTART_MS = 500;
const REVIVALS = 120;

export class Server {
  readonly #env: Readonly<Record<string, string>>;
  #main = MAIN;
  #child: ChildProcess | undefined;
  #port = 0;
  #wanted = false;
  /** How often it ended by itself: at most when it starts without a database. */
  ends: string[] = [];

  constructor(databaseUrl: string, compileCache: string, clockAheadMs: number) {
    this.#env = {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: databaseUrl,
      DASHBOARD_PASSWORD: 'torture',
      RATE_LIMIT: '0',
      RETENTION_DAYS: '36500',
      LOG_LEVEL: 'silent',
      NODE_COMPILE_CACHE: compileCache,
      NODE_OPTIONS: `--import=${CLOCK}`,
      ROOST_TORTURE_CLOCK_MS: String(clockAheadMs),
    };
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The program of its next start. Default: this repository's sources. */
  set main(path: string) {
    this.#main = path;
  }

  /** Resolves when it listens; keeps trying where it cannot start, as a service manager does. */
  async start(): Promise<void> {
    this.#wanted = true;
    while (this.#wanted && !(await this.#startOnce())) await delay(RESTART_MS);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    child.kill(signal);
    await once(child, 'exit');
  }

  stop(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  #startOnce(): Promise<boolean> {
    const child = spawn(process.execPath, [this.#main, 'serve'], {
      env: { ...this.#env, PORT: String(this.#port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let output = '';
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    return new Promise((resolve) => {
      let listens = false;
      child.stdout.on('data', (chunk) => {
        output += String(chunk);
        const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
        if (port === undefined || listens) return;
        listens = true;
        this.#port = Number(port);
        resolve(true);
      });
      child.once('exit', (code, signal) => {
        if (this.#wanted && this.#child === child) {
          this.ends.push(`${listens ? 'running' : 'starting'}, ${code ?? signal}: ${output}`);
          if (listens) void delay(RESTART_MS).then(() => (this.#wanted ? this.start() : undefined));
        }
        resolve(false);
      });
    });
  }
}

export class Postgres {
  readonly #cluster: EmbeddedCluster;
  readonly #dataDir: string;
  readonly line: FaultLine;
  /** By the line that can be cut. */
  readonly url: string;
  #stopped: number[] = [];

  private constructor(cluster: EmbeddedCluster, dataDir: string, line: FaultLine, url: string) {
    this.#cluster = cluster;
    this.#dataDir = dataDir;
    this.line = line;
    this.url = url;
  }

  static async start(dataDir: string): Promise<Postgres> {
    const cluster = await startCluster({ dataDir });
    await createDatabase(cluster.url, DATABASE);
    const line = new FaultLine(Number(new URL(cluster.url).port));
    const url = new URL(cluster.url);
    url.pathname = `/${DATABASE}`;
    await migrate(url.href);
    url.port = String(await line.open());
    return new Postgres(cluster, dataDir, line, url.href);
  }

  /** Straight, for the harness. */
  async connect(): Promise<Client> {
    const url = new URL(this.#cluster.url);
    url.pathname = `/${DATABASE}`;
    const client = new Client({ connectionString: url.href });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  kill(): void {
    process.kill(this.#postmaster(), 'SIGKILL');
  }

  /** Resolves when it answers. What was just killed may count as running for a moment: then it is tried again. */
  async revive(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#cluster.revive();
        const client = await this.connect();
        await client.end();
        return;
      } catch (error) {
        if (attempt === REVIVALS) throw error;
        await delay(RESTART_MS);
      }
    }
  }

  async stop(): Promise<void> {
    const client = await this.connect();
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where pid <> pg_backend_pid()`,
    );
    await client.end();
    this.#stopped = [this.#postmaster(), ...rows.map(({ pid }) => pid)];
    for (const pid of this.#stopped) signal(pid, 'SIGSTOP');
  }

  goOn(): void {
    for (const pid of this.#stopped) signal(pid, 'SIGCONT');
    this.#stopped = [];
  }

  async close(): Promise<void> {
    this.goOn();
    await this.line.close();
    await this.#cluster.stop();
  }

  #postmaster(): number {
    return Number(readFileSync(join(this.#dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  }
}

/** A backend may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
