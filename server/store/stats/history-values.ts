/** Processing times and failures of matching days of histories. Pure. */
import type { ValueListener } from '../histories/readers.ts';
import { ValueCounts } from './value-counts.ts';

export class HistoryValues implements ValueListener {
  readonly processing = new ValueCounts();
  /** How many, by `error_type_id`. */
  readonly failures = new Map<number, number>();

  addMilliseconds(milliseconds: number): void {
    this.processing.addMilliseconds(milliseconds);
  }

  addSeconds(seconds: number): void {
    this.processing.add(seconds);
  }

  addFailure(type: number): void {
    this.failures.set(type, (this.failures.get(type) ?? 0) + 1);
  }
}
