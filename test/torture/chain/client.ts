/** An app of the fleet: one process at a time, and the ledger of what its lives say. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { PendingReport } from '../../../lib/handle.ts';
import type { LifeOrder } from './client-life.ts';
import type { Dice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import { countRecords, damage } from './queue-file.ts';

export interface ClientOptions {
  /** Clients with the same number share a folder. */
  profile: number;
  dataDir: string;
  compileCache: string;
  endpoint: () => string;
  ledger: Ledger;
  nextLife: () => number;
  /** Milliseconds that its clock is ahead. */
  clockAheadMs: number;
}

/** Its leases on what a killed process held must have run out when the recovering life looks. */
const LEASES_RUN_OUT_MS = 61_000;

export class Client {
  readonly #options: ClientOptions;
  #child: ChildProcess | undefined;
  #clockAheadMs: number;
  #faults: readonly string[] = [];
  #unexpected: string[] = [];
  #mayEnd = false;
  #heard = 0;
  #durable = true;
  #optedOut = false;
  #dying: number | null = null;
  /** Woken by each line, and by the end. */
  readonly #waiting = new Set<() => void>();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clockAheadMs = options.clockAheadMs;
  }

  get dataDir(): string {
    return this.#options.dataDir;
  }

  get profile(): number {
    return this.#options.profile;
  }

  get durable(): boolean {
    return this.#durable;
  }

  /** Ends that nobody had asked for, with what was on stderr. */
  get unexpected(): readonly string[] {
    return this.#unexpected;
  }

  /** With no life under way: whatever lies in its file may not be readable any more. */
  damageFile(dice: Dice): void {
    const { dataDir, ledger, profile } = this.#options;
    ledger.fileDamaged(profile, countRecords(dataDir));
    damage(dataDir, dice);
  }

  /** The faults that this client meets from now on, for the ledger. */
  meets(...faults: string[]): void {
    this.#faults = faults;
  }

  /** Resolves when the first record of the new life is captured. */
  async start(endpoint = this.#options.endpoint()): Promise<void> {
    const { dataDir, nextLife } = this.#options;
    const child = this.#spawn({ task: 'live', dataDir, endpoint, life: nextLife() }, this.#clockAheadMs);
    this.#child = child;
    this.#mayEnd = false;
    this.#heard = 0;
    this.#optedOut = false;
    this.#dying = null;
    let errors = '';
    child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
    child.once('close', (code, signal) => {
      if (this.#dying !== null && signal === null) this.#note(this.#dying, 'crash');
      if (!this.#mayEnd) this.#unexpected.push(`${code ?? signal}: ${errors}`);
      this.#wake();
    });
    createInterface(child.stdout!).on('line', (line) => this.#hear(line));
    await this.#until(() => this.#hasEnded() || this.#heard > 0);
  }

  #hear(line: string): void {
    const { ledger, profile } = this.#options;
    const [word = '', argument = ''] = line.split(' ');
    switch (word) {
      case 'event':
      case 'crash':
        this.#note(Number(argument), word);
        break;
      case 'refused':
        ledger.note(Number(argument), profile, 'event', this.#faults, 'refused');
        break;
      case 'off':
        this.#optedOut = true;
        ledger.optedOut(profile, Number(argument));
        break;
      case 'on':
        this.#optedOut = false;
        break;
      case 'dying':
        this.#dying = Number(argument);
        break;
      case 'durable':
        this.#durable = argument === 'yes';
    }
    this.#heard += 1;
    this.#wake();
  }

  #note(number: number, kind: 'event' | 'crash'): void {
    this.#options.ledger.note(number, this.#options.profile, kind, this.#faults);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || this.#hasEnded()) return;
    this.#mayEnd = true;
    child.kill('SIGCONT');
    child.kill(signal);
    await closed(child);
  }

  /** The app crashes by an error that nobody caught. */
  async crash(): Promise<void> {
    this.#mayEnd = true;
    this.#command('die');
    await closed(this.#child!);
  }

  stop(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  setClockAhead(ms: number): void {
    this.#clockAheadMs = ms;
    this.#command(`clock ${ms}`);
  }

  async optOut(): Promise<void> {
    this.#command('off');
    await this.#until(() => this.#optedOut || this.#hasEnded());
  }

  async optIn(): Promise<void> {
    this.#command('on');
    await this.#until(() => !this.#optedOut || this.#hasEnded());
  }

  async untilDurable(durable: boolean): Promise<void> {
    await this.#until(() => this.#durable === durable || this.#hasEnded());
  }

  /** Resolves after so many more lines. */
  async hears(lines: number): Promise<void> {
    const target = this.#heard + lines;
    await this.#until(() => this.#heard >= target || this.#hasEnded());
  }

  /** With no life under way: sends what waits, with a clock that is right. */
  async recover(): Promise<PendingReport> {
    const { dataDir, endpoint } = this.#options;
    const child = this.#spawn(
      { task: 'recover', dataDir, endpoint: endpoint(), life: -1 },
      LEASES_RUN_OUT_MS,
    );
    this.#child = child;
    this.#mayEnd = true;
    let output = '';
    let errors = '';
    child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
    await closed(child);
    if (output === '') throw new Error(`the recovering life failed: ${errors}`);
    return JSON.parse(output) as PendingReport;
  }

  #spawn(order: LifeOrder, clockAheadMs: number): ChildProcess {
    return spawn(process.execPath, [join(import.meta.dirname, 'client-life.ts'), JSON.stringify(order)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: this.#options.compileCache,
        ROOST_TORTURE_CLOCK_MS: String(clockAheadMs),
      },
    });
  }

  #command(line: string): void {
    const { stdin } = this.#child ?? {};
    // Its end is told by `close`; a command to one that is just ending goes nowhere.
    stdin?.once('error', () => {});
    stdin?.write(`${line}\n`);
  }

  #hasEnded(): boolean {
    return !this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }
}

async function closed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'close');
}
