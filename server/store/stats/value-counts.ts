/** Times counted by value: few differ, so that mean and percentiles need no list of all. */
import type { ProcessingTimes } from './processing.ts';

/** Below it (about seventeen minutes) milliseconds are counted in an array, which takes a tenth of the time of a map. */
const MOST_MILLISECONDS = 2 ** 20;
const FIRST_ROOM = 2 ** 14;

export class ValueCounts {
  #milliseconds = new Float64Array(FIRST_ROOM);
  /** Seconds that are no whole, or too many, milliseconds. */
  readonly #others = new Map<number, number>();

  add(seconds: number): void {
    this.#others.set(seconds, (this.#others.get(seconds) ?? 0) + 1);
  }

  /** A whole number, not negative. The same as to add a thousandth of it. */
  addMilliseconds(milliseconds: number): void {
    if (milliseconds >= MOST_MILLISECONDS) {
      this.add(milliseconds / 1000);
      return;
    }
    while (milliseconds >= this.#milliseconds.length) {
      const counts = this.#milliseconds;
      this.#milliseconds = new Float64Array(counts.length * 2);
      this.#milliseconds.set(counts);
    }
    this.#milliseconds[milliseconds]! += 1;
  }

  summary(): ProcessingTimes {
    const counted = this.#inOrder();
    let [total, sum] = [0, 0];
    for (const { seconds, count } of counted) {
      total += count;
      sum += seconds * count;
    }
    if (total === 0) return { mean: null, p50: null, p95: null };
    const valueAt = (rank: number): number => {
      let upTo = 0;
      return counted.find(({ count }) => {
        upTo += count;
        return upTo > rank;
      })!.seconds;
    };
    return { mean: sum / total, p50: percentile(0.5, total, valueAt), p95: percentile(0.95, total, valueAt) };
  }

  /** Equal values may come twice, behind each other. */
  #inOrder(): { seconds: number; count: number }[] {
    const counted = [...this.#others].map(([seconds, count]) => ({ seconds, count }));
    this.#milliseconds.forEach((count, milliseconds) => {
      if (count > 0) counted.push({ seconds: milliseconds / 1000, count });
    });
    return counted.sort((a, b) => a.seconds - b.seconds);
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
