/** Many users who send to a server without a pause: new records, some of them twice, crashes, now and then an erasure. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { makeCrash, makeEvent } from '../../helpers/records.ts';
import { createDice, type Dice } from '../chain/dice.ts';

export interface LoadOptions {
  url: string;
  seed: number;
  /** Events a second, as long as the server keeps up. */
  rate: number;
}

const LANES = 4;
const BATCH = 50;
const USERS = 5_000;
/** One batch in so many is a batch of crashes, … */
const CRASHES_EVERY = 10;
/** … is sent again, … */
const REPEATED_EVERY = 10;
/** … is followed by an erasure. */
const ERASED_EVERY = 50;

export class SteadyLoad {
  readonly #options: LoadOptions;
  readonly #users = Array.from({ length: USERS }, () => randomUUID());
  #stopping = false;
  #work: Promise<unknown> = Promise.resolve();
  #reportFailure: (reason: unknown) => void = () => {};
  /** Rejects where a request failed; never resolves. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.#reportFailure = reject;
  });
  /** Records that the server has accepted. */
  accepted = 0;
  erasures = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    // It may have no listener at that moment.
    this.failed.catch(() => {});
  }

  start(): void {
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      this.#drive(createDice(this.#options.seed * 100 + lane)),
    );
    this.#work = Promise.all(lanes);
    this.#work.catch(this.#reportFailure);
  }

  /** Rejects where a request was answered otherwise than it should. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#work;
  }

  async #drive(dice: Dice): Promise<void> {
    const pauseMs = (1_000 * LANES * BATCH) / this.#options.rate;
    for (let due = performance.now(); !this.#stopping; due += pauseMs) {
      await delay(Math.max(0, due - performance.now()));
      const index = dice.between(0, USERS - 1);
      const user = { user_id: this.#users[index]! };
      const [path, body] =
        dice.between(1, CRASHES_EVERY) === 1
          ? ['/crash', { crashes: Array.from({ length: 5 }, () => makeCrash(user)) }]
          : ['/track', { events: Array.from({ length: BATCH }, () => makeEvent(user)) }];
      await this.#post(path, body);
      if (dice.between(1, REPEATED_EVERY) === 1) await this.#post(path, body);
      if (dice.between(1, ERASED_EVERY) === 1) await this.#erase(index);
    }
  }

  async #post(path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.#options.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    // Busy is an answer too; what was not accepted is not counted.
    if (answer.status === 503) return;
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${text}`);
    this.accepted += (JSON.parse(text) as { accepted: number }).accepted;
  }

  async #erase(index: number): Promise<void> {
    const user = this.#users[index]!;
    this.#users[index] = randomUUID();
    const answer = await fetch(`${this.#options.url}/users/${user}`, { method: 'DELETE' });
    await answer.text();
    if (answer.status === 200) this.erasures += 1;
    else if (answer.status !== 503) throw new Error(`erasure answered ${answer.status}`);
  }
}
