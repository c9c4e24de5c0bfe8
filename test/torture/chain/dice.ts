/** Chance that repeats itself with its seed. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Dice {
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** From 0 to 1. */
  fraction(): number;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(deck: readonly T[]): T[];
}

export function createDice(seed: number): Dice {
  const random = xoroshiro128plus(seed);
  const between = (least: number, most: number): number =>
    uniformInt(random, Math.min(least, most), Math.max(least, most));
  return {
    between,
    fraction: () => between(0, 1_000_000) / 1_000_000,
    pick: (from) => from[between(0, from.length - 1)]!,
    shuffled(deck) {
      const result = [...deck];
      for (let last = result.length - 1; last > 0; last -= 1) {
        const other = between(0, last);
        [result[last], result[other]] = [result[other]!, result[last]!];
      }
      return result;
    },
  };
}
