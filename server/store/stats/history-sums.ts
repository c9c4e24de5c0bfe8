/** What matching days of histories add up to: by parts of time, so that each day is added once whatever the windows. Pure. */
import { AMOUNTS, type Amounts } from '../histories/amounts.ts';
import { dayNumber } from '../histories/format.ts';
import type { AmountReader, ValueListener } from '../histories/readers.ts';
import type { StatsQuery } from './query.ts';
import { type Sums, type SumsOfWindows, SUMMED } from './sums.ts';
import { ValueCounts } from './value-counts.ts';

interface Part {
  /** Number of the first day. */
  start: number;
  sums: Float64Array;
}

export class HistorySums implements ValueListener {
  /** Of the range. */
  readonly processing = new ValueCounts();
  /** Of the range, by `error_type_id`. */
  readonly failures = new Map<number, number>();
  readonly #from: number;
  readonly #week: number;
  readonly #month: number;
  /** Latest first; there are days before the last of them. */
  readonly #parts: Part[];
  /** Of the days before all parts. */
  #costBefore = 0;

  constructor({ from, to }: StatsQuery) {
    this.#from = dayNumber(from);
    this.#week = dayNumber(to) - 6;
    this.#month = dayNumber(to) - 29;
    const starts = [...new Set([this.#from, this.#week, this.#month])].toSorted((a, b) => b - a);
    this.#parts = starts.map((start) => ({ start, sums: new Float64Array(AMOUNTS.length) }));
  }

  /** Adds the present entry of `amounts`, of a day up to the end of the range. */
  add(day: number, amounts: AmountReader): void {
    const part = this.#parts.find(({ start }) => day >= start);
    if (part === undefined) {
      this.#costBefore += amounts.cost();
      return;
    }
    amounts.addTo(part.sums);
    if (day >= this.#from) amounts.eachValue(this);
  }

  addMilliseconds(milliseconds: number): void {
    this.processing.addMilliseconds(milliseconds);
  }

  addSeconds(seconds: number): void {
    this.processing.add(seconds);
  }

  addFailure(type: number): void {
    this.failures.set(type, (this.failures.get(type) ?? 0) + 1);
  }

  windows(): SumsOfWindows {
    const range = this.#since(this.#from);
    const failures = [...this.failures.values()].reduce((sum, count) => sum + count, 0);
    return {
      range: Object.fromEntries(
        SUMMED.map((column) => [column, column === 'failures' ? failures : range[column]]),
      ) as Sums,
      week: this.#since(this.#week),
      month: this.#since(this.#month),
    };
  }

  /** All sessions of the range, those that are split once for each part. */
  sessions(): { sessions: number; seconds: number } {
    const { sessions, session_seconds: seconds } = this.#since(this.#from);
    return { sessions, seconds };
  }

  /** Of all days up to the end of the range. */
  costSoFar(): number {
    return this.#costBefore + this.#since(Number.NEGATIVE_INFINITY).cost_usd;
  }

  #since(day: number): Amounts {
    const parts = this.#parts.filter(({ start }) => start >= day);
    return Object.fromEntries(
      AMOUNTS.map((amount, i) => [amount, parts.reduce((sum, { sums }) => sum + sums[i]!, 0)]),
    ) as Amounts;
  }
}
