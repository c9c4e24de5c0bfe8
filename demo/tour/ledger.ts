/** Keeps account of what the tour did, to hold it against what the server stored. */
import type { StoredRecords } from './stored.ts';
import { namesOf } from './stored.ts';

export interface Account {
  name: string;
  expected: number;
  arrived: number;
}

export class Ledger {
  readonly #expected = new Map<string, number>();
  readonly #possible = new Set<string>();
  readonly #silences: { from: string; to: string | null }[] = [];

  /** Records that an action of the tour must lead to, by name. */
  expect(...names: string[]): void {
    for (const name of names) this.#expected.set(name, (this.#expected.get(name) ?? 0) + 1);
  }

  /** One record that the machine may lead to, or not: Crashpad alone decides whether it writes a dump. */
  allow(name: string): void {
    this.#possible.add(name);
  }

  get total(): number {
    return [...this.#expected.values()].reduce((sum, count) => sum + count, 0);
  }

  /** From now on no usage event may be recorded, until `endSilence`. */
  beginSilence(): void {
    this.#silences.push({ from: new Date().toISOString(), to: null });
  }

  endSilence(): void {
    const silence = this.#silences.at(-1);
    if (silence) silence.to = new Date().toISOString();
  }

  accounts(stored: StoredRecords): Account[] {
    const arrived = new Map<string, number>();
    for (const name of namesOf(stored)) arrived.set(name, (arrived.get(name) ?? 0) + 1);
    const names = new Set([...this.#expected.keys(), ...arrived.keys()]);
    return [...names].map((name) => {
      const certain = this.#expected.get(name) ?? 0;
      const possible = this.#possible.has(name) && arrived.has(name) ? 1 : 0;
      return { name, expected: certain + possible, arrived: arrived.get(name) ?? 0 };
    });
  }

  /** One sentence for each thing that is not as it should be. */
  problems(stored: StoredRecords): string[] {
    const problems: string[] = [];
    for (const { name, expected, arrived } of this.accounts(stored)) {
      if (arrived < expected) problems.push(`${expected - arrived} of ${expected} ${name} did not arrive.`);
      if (arrived > expected) problems.push(`${arrived} ${name} arrived, ${expected} were made.`);
    }
    const ids = [...stored.events, ...stored.crashes].map(({ event_id }) => event_id);
    const repeated = ids.length - new Set(ids).size;
    if (repeated > 0) problems.push(`${repeated} records are stored twice.`);
    for (const { from, to } of this.#silences) {
      for (const { event, timestamp } of stored.events) {
        if (timestamp >= from && timestamp <= (to ?? timestamp)) {
          problems.push(`${event} of ${timestamp} arrived although sharing was off.`);
        }
      }
    }
    return problems;
  }
}
