/** One run of an app with the SDK of a peer, as a process that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Peer } from './peers.ts';
import type { Order } from './programs/program.ts';

export class App {
  readonly #child: ChildProcess;
  readonly #said = new Set<string>();
  /** Woken by each line. */
  readonly #waiting = new Set<() => void>();
  errors = '';
  /** Resolves when the process has ended. */
  readonly closed: Promise<void>;

  constructor(peer: Peer, order: Order) {
    const userData = join(order.dataDir, 'user-data');
    mkdirSync(userData, { recursive: true });
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'programs', peer.program), JSON.stringify(order)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH, HOME: order.dataDir, PEERS_USER_DATA: userData },
      },
    );
    this.#child = child;
    this.closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.stderr.on('data', (text: Buffer) => (this.errors += text.toString()));
    createInterface(child.stdout).on('line', (line) => {
      this.#said.add(line);
      for (const wake of this.#waiting) wake();
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get wasKilled(): boolean {
    return this.#child.signalCode === 'SIGKILL';
  }

  /** Resolves when it has said that, or has ended. */
  async says(line: string): Promise<void> {
    const said = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#said.has(line)) resolve();
      };
      this.#waiting.add(look);
      look();
    });
    await Promise.race([said, this.closed]);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.closed;
  }
}
