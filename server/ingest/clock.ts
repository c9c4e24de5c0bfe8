/** Which moment a record gets, when a client's clock may be wrong. */
import { CLOCK_TOLERANCE_MS } from '../../lib/record/limits.ts';

export interface RequestClock {
  /** The server's time when the request came, milliseconds since the epoch. */
  now: number;
  /** Added to each timestamp of the request. Milliseconds. */
  shift: number;
  /** Records before this moment are too old. */
  oldest: number;
}

const DAY_MS = 86_400_000;
/** A clock that is thousands of years off shifts a timestamp to where PostgreSQL has no time. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');

export function requestClock(now: number, sentAt: number | null, retentionDays: number): RequestClock {
  const difference = sentAt === null ? 0 : now - sentAt;
  return {
    now,
    shift: Math.abs(difference) > CLOCK_TOLERANCE_MS ? difference : 0,
    oldest: now - retentionDays * DAY_MS,
  };
}

/** The moment to store, milliseconds since the epoch: shifted, and never more than five minutes ahead of us. */
export function correctedTime(timestamp: string, { now, shift }: RequestClock): number {
  const time = Date.parse(timestamp) + shift;
  return time > now + CLOCK_TOLERANCE_MS ? now : Math.max(time, EARLIEST);
}
