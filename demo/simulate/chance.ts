/** Random draws that a seed repeats. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { v4, v7 } from 'uuid';

export interface Chance {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number;
  /** True in this share of the calls. */
  happens(probability: number): boolean;
  /** One key, as often as its weight says. */
  pick<T extends string>(weights: Readonly<Record<T, number>>): T;
  /** Around `median`, a few much larger: durations and habits are spread like this. */
  spread(median: number, sigma: number): number;
  userId(): string;
  /** Sorts by time, as the ids of real clients do. */
  eventId(at: number): string;
}

export function createChance(seed: number): Chance {
  const generator = xoroshiro128plus(seed);
  const fraction = (): number => uniformFloat64(generator);
  const bytes = (): Uint8Array => {
    const values = new Int32Array(4);
    for (let index = 0; index < values.length; index += 1) {
      values[index] = uniformInt(generator, -0x8000_0000, 0x7fff_ffff);
    }
    return new Uint8Array(values.buffer);
  };
  return {
    fraction,
    integer: (least, most) => uniformInt(generator, least, most),
    happens: (probability) => fraction() < probability,
    pick(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][];
      let rest = fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const found = entries.find(([, weight]) => (rest -= weight) < 0);
      return (found ?? entries[0]!)[0];
    },
    spread(median, sigma) {
      const normal = Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction());
      return median * Math.exp(sigma * normal);
    },
    userId: () => v4({ random: bytes() }),
    eventId: (at) => v7({ random: bytes(), msecs: at }),
  };
}
