/** Clients that send events and crashes without a pause, keep what was not answered for, and send it again. */
import { setTimeout as delay } from 'node:timers/promises';

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import { makeCrash, makeEvent } from '../helpers/records.ts';

interface Sent {
  path: '/track' | '/crash';
  record: { user_id: string; event_id: string };
}

const keyOf = ({ record }: Sent): string => `${record.user_id} ${record.event_id}`;
const RETRY_MS = 50;
const REQUEST_TIMEOUT_MS = 15_000;

export class SendingClients {
  readonly #url: () => string;
  readonly #clients: number;
  readonly #seed: number;
  readonly #all: Sent[] = [];
  readonly #answered = new Set<string>();
  #answers = 0;
  #refusals = 0;
  #stopping = false;
  #work: Promise<void>[] = [];

  constructor(url: () => string, options: { clients: number; seed: number }) {
    this.#url = url;
    this.#clients = options.clients;
    this.#seed = options.seed;
  }

  start(): void {
    this.#work = Array.from({ length: this.#clients }, (_, index) => this.#drive(this.#seed + index));
  }

  /** Resolves after so many more requests were answered. */
  async answers(count: number): Promise<void> {
    const target = this.#answers + count;
    while (this.#answers < target && !this.#stopping) await delay(5);
  }

  /** Resolves after so many more requests were not answered for. */
  async refusals(count: number): Promise<void> {
    const target = this.#refusals + count;
    while (this.#refusals < target && !this.#stopping) await delay(5);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#work);
  }

  /** Lets nothing go on, whatever became of it. */
  abandon(): void {
    this.#stopping = true;
  }

  allKeys(): ReadonlySet<string> {
    return new Set(this.#all.map((sent) => keyOf(sent)));
  }

  answeredKeys(): ReadonlySet<string> {
    return this.#answered;
  }

  /** Grouped otherwise than before. Throws where a record is neither accepted nor a duplicate. */
  async sendAllAgain(): Promise<void> {
    for (const path of ['/track', '/crash'] as const) {
      const records = this.#all.filter((sent) => sent.path === path);
      for (let start = 0; start < records.length; start += 37) {
        const batch = records.slice(start, start + 37);
        while (!(await this.#send(path, batch))) await delay(RETRY_MS);
      }
    }
  }

  /** One client: a batch, again until it is answered; now and then an old one once more. */
  async #drive(seed: number): Promise<void> {
    const random = xoroshiro128plus(seed);
    const userId = makeEvent().user_id;
    while (!this.#stopping) {
      const path = uniformInt(random, 0, 4) === 0 ? '/crash' : '/track';
      const make = path === '/crash' ? makeCrash : makeEvent;
      const batch = Array.from({ length: uniformInt(random, 1, 20) }, (): Sent => ({
        path,
        record: make({ user_id: userId }),
      }));
      this.#all.push(...batch);
      while (!(await this.#send(path, batch)) && !this.#stopping) await delay(RETRY_MS);
      if (uniformInt(random, 0, 3) === 0) await this.#send(path, batch);
    }
  }

  /** True where the server answered for the whole batch. */
  async #send(path: string, batch: readonly Sent[]): Promise<boolean> {
    const key = path === '/crash' ? 'crashes' : 'events';
    let answer: Response;
    let verdict: { accepted: number; duplicates: number };
    try {
      answer = await fetch(`${this.#url()}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sent_at: new Date().toISOString(), [key]: batch.map(({ record }) => record) }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      verdict = (await answer.json()) as typeof verdict;
    } catch {
      this.#refusals += 1;
      return false;
    }
    if (answer.status === 503) {
      this.#refusals += 1;
      return false;
    }
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${JSON.stringify(verdict)}`);
    if (verdict.accepted + verdict.duplicates !== batch.length) {
      throw new Error(`not every record was taken: ${JSON.stringify(verdict)}`);
    }
    for (const sent of batch) this.#answered.add(keyOf(sent));
    this.#answers += 1;
    return true;
  }
}
