/** `roost-server serve` with its embedded PostgreSQL as processes that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../server/main.ts');
/** As its first line and `npm start` set them. */
const LIMITS = ['--max-semi-space-size=4', '--max-old-space-size=256'];

export class ServerProcess {
  readonly #dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #port = 0;
  #mayEnd = false;
  #reportEnd: (reason: Error) => void = () => {};

  /** Rejects where the server ends without having been told to; never resolves. */
  readonly ended = new Promise<never>((_resolve, reject) => {
    this.#reportEnd = reject;
  });

  constructor(dataDir: string, env: Readonly<Record<string, string>> = {}) {
    this.#dataDir = dataDir;
    this.#env = env;
    // It may have no listener at that moment.
    this.ended.catch(() => {});
  }

  /** The same after each start. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when the server says that it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [...LIMITS, MAIN, 'serve'], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: this.#dataDir,
        PORT: String(this.#port),
        RATE_LIMIT: '0',
        LOG_LEVEL: 'silent',
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#mayEnd = false;
    let output = '';
    child.once('exit', (code, signal) => {
      if (!this.#mayEnd) this.#reportEnd(new Error(`the server ended (${code ?? signal}): ${output}`));
    });
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    this.#port = await new Promise<number>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        output += String(chunk);
        const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
      this.ended.catch(reject);
    });
  }

  /** As `kill -9`; PostgreSQL goes on. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.#mayEnd = true;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** As `kill -9` of PostgreSQL's main process: its others end by themselves. */
  killPostgres(): void {
    try {
      process.kill(this.#postmaster()[0], 'SIGKILL');
    } catch (error) {
      // Already gone: killed again before it was back.
      if (!['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  async databaseUrl(): Promise<string> {
    const password = readFileSync(join(this.#dataDir, 'postgres-password'), 'utf8').trim();
    return `postgres://roost:${password}@127.0.0.1:${this.#postmaster()[1]}/roost`;
  }

  /** As a service manager does it: SIGTERM, and wait. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.#mayEnd = true;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  /** Process id and port from PostgreSQL's lock file. */
  #postmaster(): [pid: number, port: number] {
    const lines = readFileSync(join(this.#dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    return [Number(lines[0]), Number(lines[3])];
  }
}
