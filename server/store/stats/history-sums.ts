/** What matching days of histories add up to: by parts of time, so that each day is added once whatever the windows. Pure. */
import { AmountSums } from '../histories/amounts.ts';
import { dayNumber } from '../histories/format.ts';
import type { AmountReader, ValueListener } from '../histories/readers.ts';
import type { StatsQuery } from './query.ts';
import { type Sums, type SumsOfWindows, SUMMED } from './sums.ts';
import { ValueCounts } from './value-counts.ts';

const BEFORE_ALL = Number.NEGATIVE_INFINITY;

interface Part {
  /** Number of the first day. */
  start: number;
  sums: AmountSums;
}

export class HistorySums implements ValueListener {
  /** Of the range. */
  readonly processing = new ValueCounts();
  /** Of the range, by `error_type_id`. */
  readonly failures = new Map<number, number>();
  readonly #from: number;
  readonly #week: number;
  readonly #month: number;
  /** Latest first. The last one begins before all days, and has only the cost of them. */
  readonly #parts: Part[];

  constructor({ from, to }: StatsQuery) {
    this.#from = dayNumber(from);
    this.#week = dayNumber(to) - 6;
    this.#month = dayNumber(to) - 29;
    const starts = [...new Set([this.#from, this.#week, this.#month, BEFORE_ALL])].toSorted((a, b) => b - a);
    this.#parts = starts.map((start) => ({ start, sums: new AmountSums() }));
  }

  /** Adds the present entry of `amounts`, of a day up to the end of the range. */
  add(day: number, amounts: AmountReader): void {
    let at = 0;
    while (day < this.#parts[at]!.start) at += 1;
    const { start, sums } = this.#parts[at]!;
    if (start === BEFORE_ALL) {
      amounts.addCostTo(sums);
      return;
    }
    amounts.addTo(sums);
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
    const [range, week, month] = [this.#from, this.#week, this.#month].map((day) => this.#since(day));
    const failures = [...this.failures.values()].reduce((sum, count) => sum + count, 0);
    return {
      range: Object.fromEntries(
        SUMMED.map((column) => [column, column === 'failures' ? failures : range!.of(column)]),
      ) as Sums,
      week: { recordings: week!.of('recordings'), cost_usd: week!.of('cost_usd') },
      month: { cost_usd: month!.of('cost_usd') },
    };
  }

  /** All sessions of the range, those that are split once for each part. */
  sessions(): { sessions: number; seconds: number } {
    const sums = this.#since(this.#from);
    return { sessions: sums.of('sessions'), seconds: sums.of('session_seconds') };
  }

  /** Of all days up to the end of the range. */
  costSoFar(): number {
    return this.#since(BEFORE_ALL).of('cost_usd');
  }

  #since(day: number): AmountSums {
    const all = new AmountSums();
    for (const { start, sums } of this.#parts) if (start >= day) all.add(sums);
    return all;
  }
}
