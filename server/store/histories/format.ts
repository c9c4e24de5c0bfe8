/**
 * The bytes of a user's history (table `user_histories`): what the figures ask of a user, day by day, so that one row
 * answers whatever the range and the filters.
 *
 * Days have one entry for each day and facet, in the order of their days and of the first events in them. What is said
 * of entries lies in columns, so that a question reads only those that it asks for. In this order:
 * - how many entries there are; how many facets, and these; how many entries have a crash; how many days lie between the
 *   first and the last entry; the first day (three bytes, signed, since 1970-01-01 UTC);
 * - one byte: how many bytes a value of the last three columns has (bits 0–1, 2–3 and 4–6), none where all are zero;
 * - five columns, with a value for each entry: flags (one byte); when on its day the first and the last event were (two
 *   bytes each, in pairs of seconds, 0 without events); days since the entry before; which of the facets it is, from 0;
 *   how many bytes its names have;
 * - of each entry with a crash, when the first one was (six bytes, microseconds of the day);
 * - the names of all events in the order of time, each as `name_id` × 2, + 1 if it happened at the same time as the one
 *   before in its entry.
 *
 * Values are those of the entries whose flags say that there are any, in the same order: their length, how many
 * processing times there are and these (`ByteWriter.seconds`), then the `error_type_id` of each failure.
 *
 * `firsts` has for each facet when the user was first seen with it: the facet, the day (three bytes), the microseconds
 * of the day (six bytes).
 *
 * Numbers without a size are in LEB128: seven bits a byte, lowest first, the highest bit set but in the last. All others
 * are big-endian.
 */
import { ByteWriter } from './byte-writer.ts';

export const WIDGET = 1;
/** Auto-paste was toggled on this day; the last time on, if `AUTO_PASTE_ON` is set. */
export const TOGGLED = 2;
export const AUTO_PASTE_ON = 4;
export const CRASHED = 8;
/** There are events, which makes the user active on this day. */
export const ACTIVE = 16;
/** Among the events there are `dictionary_used` and `retry_attempted`. */
export const DICTIONARY = 32;
export const RETRY = 64;
/** Among the events there are some with a processing time, or failures. */
export const VALUES = 128;

export const SECOND_MICROSECONDS = 1_000_000;
export const DAY_SECONDS = 86_400;
/** Of when the first and the last event of a day were: to two seconds, as all of a day fit into two bytes then. */
export const PAIR_BYTES = 2;
export const PAIR_SECONDS = 2;
export const DAY_BYTES = 3;
export const TIME_BYTES = 6;
const DAY_MS = 86_400_000;

/** Number of a day as histories have it. */
export function dayNumber(day: string): number {
  return Date.parse(day) / DAY_MS;
}

/** The day, YYYY-MM-DD, that has this number. */
export function dayOfNumber(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** What one user did on one day with one facet. */
export interface HistoryDay {
  /** Days since 1970-01-01. */
  day: number;
  facetId: number;
  widget: boolean;
  dictionary: boolean;
  retry: boolean;
  /** Where auto-paste was toggled: what to, the last time. */
  autoPaste: boolean | null;
  /** Microseconds of the day. */
  firstCrash: number | null;
  /** The events, in any order: microseconds of the day × `NAMES` + `name_id`. */
  steps: Float64Array;
  processingSeconds: readonly number[];
  /** `error_type_id` of each failure. */
  failureTypes: readonly number[];
}

/** More than any `name_id`. A step stays a whole number that a double holds exactly. */
export const NAMES = 65_536;

export interface FirstSeen {
  facetId: number;
  day: number;
  /** Microseconds of the day. */
  time: number;
}

export function flagsOf(did: Omit<HistoryDay, 'day' | 'facetId'>): number {
  return (
    (did.widget ? WIDGET : 0) |
    (did.autoPaste === null ? 0 : TOGGLED) |
    (did.autoPaste === true ? AUTO_PASTE_ON : 0) |
    (did.firstCrash === null ? 0 : CRASHED) |
    (did.steps.length === 0 ? 0 : ACTIVE) |
    (did.dictionary ? DICTIONARY : 0) |
    (did.retry ? RETRY : 0) |
    (hasValues(did) ? VALUES : 0)
  );
}

type Values = Pick<HistoryDay, 'processingSeconds' | 'failureTypes'>;

function hasValues({ processingSeconds, failureTypes }: Values): boolean {
  return processingSeconds.length + failureTypes.length > 0;
}

/** No bytes where there are none. */
export function encodeValues(day: Values): Buffer {
  const [writer, values] = [new ByteWriter(), new ByteWriter()];
  if (!hasValues(day)) return writer.bytes;
  values.number(day.processingSeconds.length);
  for (const seconds of day.processingSeconds) values.seconds(seconds);
  for (const type of day.failureTypes) values.number(type);
  writer.number(values.bytes.length);
  writer.append(values.bytes);
  return writer.bytes;
}

/** Which pair of seconds of the day a step is in. */
export function pairOf(step: number): number {
  return Math.floor(step / NAMES / SECOND_MICROSECONDS / PAIR_SECONDS);
}

export function encodeFirsts(firsts: readonly FirstSeen[]): Buffer {
  const writer = new ByteWriter();
  for (const { facetId, day, time } of firsts) {
    writer.number(facetId);
    writer.integer(day, DAY_BYTES);
    writer.integer(time, TIME_BYTES);
  }
  return writer.bytes;
}
