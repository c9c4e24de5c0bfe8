/**
 * What a day of a history adds up to (the columns of amounts): for each entry of its days one here, in the same order: its
 * length, the amounts, how many processing times there are and these, then the types of failures. Amounts and times are
 * whole parts, such as milliseconds, or doubles: `ByteWriter.amount`.
 */
import { ByteWriter } from './byte-writer.ts';

/** The amounts in the order in which they are written, and the parts that 1 of each has. */
const PARTS = {
  // First, as it is asked for more days than the others are.
  cost_usd: 1_000_000_000,
  recordings: 1,
  widget_recordings: 1,
  main_window_recordings: 1,
  transcriptions: 1,
  startups: 1,
  retries: 1,
  sessions: 1,
  recorded_seconds: 1_000,
  transcribed_seconds: 1_000,
  startup_seconds: 1_000,
  dictionary_uses: 1_000,
  /** From the first to the last event of each session. */
  session_seconds: 1_000,
};
const TIME_PARTS = 1_000;

export type Amount = keyof typeof PARTS;
export const AMOUNTS = Object.keys(PARTS) as readonly Amount[];
export type Amounts = Record<Amount, number>;

export interface DayAmounts extends Amounts {
  processingSeconds: readonly number[];
  /** `error_type_id` of each failure. */
  failureTypes: readonly number[];
}

export function encodeAmounts(day: DayAmounts): Buffer {
  const writer = new ByteWriter();
  for (const amount of AMOUNTS) writer.amount(day[amount], PARTS[amount]);
  writer.number(day.processingSeconds.length);
  for (const seconds of day.processingSeconds) writer.amount(seconds, TIME_PARTS);
  for (const type of day.failureTypes) writer.number(type);
  const length = new ByteWriter();
  length.number(writer.bytes.length);
  return Buffer.concat([length.bytes, writer.bytes]);
}

/** Sums of amounts: of whole parts, which stay exact, and of the others. By index of `AMOUNTS`. */
export class AmountSums {
  readonly parts = new Float64Array(AMOUNTS.length);
  readonly others = new Float64Array(AMOUNTS.length);

  of(amount: Amount): number {
    const index = AMOUNTS.indexOf(amount);
    return this.parts[index]! / PARTS[amount] + this.others[index]!;
  }

  add({ parts, others }: AmountSums): void {
    for (let i = 0; i < AMOUNTS.length; i += 1) {
      this.parts[i]! += parts[i]!;
      this.others[i]! += others[i]!;
    }
  }
}
