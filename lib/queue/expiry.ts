/** When records are too old, told from when only the clock is wrong. */
import { DAY_MS } from './store.ts';

/** How often stores look. Milliseconds. */
export const EXPIRY_INTERVAL_MS = 10 * 60_000;

/**
 * A clock that moved on by more than this since the queue was last used is more likely wrong than right (an empty
 * clock battery, a mistyped year). Milliseconds.
 */
const IMPLAUSIBLE_LEAP_MS = 180 * DAY_MS;

/** What is remembered of the clock between two looks, across restarts. */
export interface ClockMemory {
  seenAt: number | null;
  /** Since when the clock is doubted; null where it never leapt. */
  leaptAt: number | null;
}

/**
 * The moment of capture before which records are too old, or null where the clock cannot be believed: after an
 * implausible leap nothing expires until another `maxAgeDays` have passed, on the clock that was put back too: records
 * of an earlier wrong time may still wait.
 */
export function expiryCutoff(
  { seenAt, leaptAt }: ClockMemory,
  now: number,
  maxAgeDays: number,
): { cutoff: number | null; memory: ClockMemory } {
  if (seenAt !== null && now - seenAt > IMPLAUSIBLE_LEAP_MS) leaptAt = now;
  else if (leaptAt !== null && leaptAt > now) leaptAt = now;
  const cutoff = now - maxAgeDays * DAY_MS;
  const isBelieved = leaptAt === null || leaptAt <= cutoff;
  return { cutoff: isBelieved ? cutoff : null, memory: { seenAt: now, leaptAt } };
}
