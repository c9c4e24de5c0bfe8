/** Rows that count something, by a key, and what changes of them. */
import type pg from 'pg';

export interface Counted {
  key: string[];
  counts: number[];
}

/** Adds up what comes and goes. */
export class CountChanges {
  readonly #changes = new Map<string, Counted>();

  count({ key, counts }: Counted, sign: 1 | -1): void {
    const name = key.join(' ');
    const sums = this.#changes.get(name)?.counts;
    this.#changes.set(name, { key, counts: counts.map((of, i) => (sums?.[i] ?? 0) + sign * of) });
  }

  /**
   * Gives the statement what has changed, one column after the other: those of the keys, then those of the counts. Where
   * nothing has, no row is written, which would leave a dead one.
   */
  async apply(client: pg.ClientBase, statement: string): Promise<void> {
    const changed = [...this.#changes.values()].filter(({ counts }) => counts.some((of) => of !== 0));
    const [first] = changed;
    if (!first) return;
    await client.query(statement, [
      ...first.key.map((_, column) => changed.map(({ key }) => key[column])),
      ...first.counts.map((_, column) => changed.map(({ counts }) => counts[column])),
    ]);
  }
}
