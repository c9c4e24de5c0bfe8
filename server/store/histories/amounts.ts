/**
 * What a day of a history adds up to (the columns of amounts): for each entry of its days one here, in the same order: its
 * length, the cost, the counts, the decimals, how many processing times there are and these, then the types of failures. Decimals
 * and times are whole parts, such as milliseconds, or doubles: `ByteWriter.amount`.
 */
import { ByteWriter } from './byte-writer.ts';

export const COUNTS = [
  'recordings',
  'widget_recordings',
  'main_window_recordings',
  'transcriptions',
  'startups',
  'retries',
  'sessions',
] as const;

/** With the parts that 1 has. */
export const DECIMALS = {
  recorded_seconds: 1_000,
  transcribed_seconds: 1_000,
  startup_seconds: 1_000,
  dictionary_uses: 1_000,
  /** From the first to the last event of each session. */
  session_seconds: 1_000,
} as const;

/** Comes first, as it is asked for more days than the others are. */
export const COST_PARTS = 1_000_000_000;

/** Parts of a processing time's second. */
const TIME_PARTS = 1_000;

/** In the order in which they are written. */
export const AMOUNTS = [
  'cost_usd',
  ...COUNTS,
  ...(Object.keys(DECIMALS) as (keyof typeof DECIMALS)[]),
] as const;
export type Amounts = Record<(typeof AMOUNTS)[number], number>;

export interface DayAmounts extends Amounts {
  processingSeconds: readonly number[];
  /** `error_type_id` of each failure. */
  failureTypes: readonly number[];
}

export function encodeAmounts(day: DayAmounts): Buffer {
  const writer = new ByteWriter();
  writer.amount(day.cost_usd, COST_PARTS);
  for (const count of COUNTS) writer.number(day[count]);
  for (const [decimal, parts] of Object.entries(DECIMALS)) {
    writer.amount(day[decimal as keyof typeof DECIMALS], parts);
  }
  writer.number(day.processingSeconds.length);
  for (const seconds of day.processingSeconds) writer.amount(seconds, TIME_PARTS);
  for (const type of day.failureTypes) writer.number(type);
  const length = new ByteWriter();
  length.number(writer.bytes.length);
  return Buffer.concat([length.bytes, writer.bytes]);
}
