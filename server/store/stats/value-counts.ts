/** Numbers counted by value: few differ, so that mean and percentiles need no list of all. */
import type { ProcessingTimes } from './processing.ts';

export class ValueCounts {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#total += 1;
  }

  /** How often each value was added. */
  get counts(): ReadonlyMap<number, number> {
    return this.#counts;
  }

  summary(): ProcessingTimes {
    if (this.#total === 0) return { mean: null, p50: null, p95: null };
    const values = Float64Array.from(this.#counts.keys()).sort();
    let sum = 0;
    for (const value of values) sum += value * this.#counts.get(value)!;
    return {
      mean: sum / this.#total,
      p50: percentile(0.5, this.#total, (rank) => this.#at(values, rank)),
      p95: percentile(0.95, this.#total, (rank) => this.#at(values, rank)),
    };
  }

  /** The value at a rank, from 0. */
  #at(values: Float64Array, rank: number): number {
    let upTo = 0;
    return values.find((value) => {
      upTo += this.#counts.get(value)!;
      return upTo > rank;
    })!;
  }
}

/** As `percentile_cont` gives it: between the two values around the rank, in proportion. */
export function percentile(share: number, total: number, valueAt: (rank: number) => number): number {
  const { low, high, rest } = ranksAround(share, total);
  const lower = valueAt(low);
  return lower + (valueAt(high) - lower) * rest;
}

/** The ranks, from 0, that a percentile lies between, and how far it is from the lower one. */
export function ranksAround(share: number, total: number): { low: number; high: number; rest: number } {
  const rank = share * (total - 1);
  const low = Math.floor(rank);
  return { low, high: Math.ceil(rank), rest: rank - low };
}
