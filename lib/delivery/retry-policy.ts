/** When to try again after a batch did not get through. Times are milliseconds, moments are since the epoch. */

/** The first wait, doubled with each failure in a row. */
const FIRST_DELAY_MS = 1_000;
/** The longest wait of our own choosing: a server that is back gets its records within this. */
const MAX_DELAY_MS = 15 * 60 * 1_000;
/** A wrong key or address does not mend itself; asking now and then notices when someone mended it. */
const REFUSED_DELAY_MS = 15 * 60 * 1_000;
/** A server may ask for more patience, but a `Retry-After` of years is a mistake. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000;

/** Kept with the queue, so that a restart does not hammer. */
export interface RetryState {
  /** In a row. */
  failures: number;
  /** No try before this moment. */
  notBefore: number;
  /** The server asked for a wait until then: it binds `flush` and a network that came back, too. 0: it did not. */
  firmUntil: number;
  /** When this was decided. 0: there is nothing to wait for. */
  since: number;
}

export const READY: RetryState = { failures: 0, notBefore: 0, firmUntil: 0, since: 0 };

/** Full jitter: anything from 0 to the bound, so that clients that failed together do not come back together. */
export function backoffMs(failures: number, random: () => number): number {
  return random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
}

export function afterRetry(
  { failures }: RetryState,
  askedMs: number | undefined,
  now: number,
  random: () => number,
): RetryState {
  const own = backoffMs(failures + 1, random);
  const asked = Math.min(Math.max(askedMs ?? 0, 0), MAX_RETRY_AFTER_MS);
  return {
    failures: failures + 1,
    notBefore: now + Math.max(own, asked),
    firmUntil: asked > 0 ? now + asked : 0,
    since: now,
  };
}

export function afterRefusal({ failures }: RetryState, now: number): RetryState {
  return { failures: failures + 1, notBefore: now + REFUSED_DELAY_MS, firmUntil: 0, since: now };
}

/** Clocks are put right by seconds all the time. */
const CLOCK_CORRECTION_MS = 60_000;

/**
 * The clock was set back since the wait was decided: moments of then say nothing now. A wait of minutes must not become
 * one of hours or years.
 */
export function wasClockSetBack({ since }: Pick<RetryState, 'since'>, now: number): boolean {
  return now < since - CLOCK_CORRECTION_MS;
}

/** How long to wait still: for a try, or with `firm` for one that `flush` asks for. */
export function remainingMs(state: RetryState, now: number, { firm = false } = {}): number {
  if (wasClockSetBack(state, now)) return 0;
  const remaining = (firm ? state.firmUntil : state.notBefore) - now;
  // Of a file that does not know since when.
  return remaining > MAX_RETRY_AFTER_MS ? 0 : Math.max(remaining, 0);
}

/** `Retry-After` is seconds or an HTTP date; what is past or makes no sense is undefined. */
export function parseRetryAfter(header: string | null | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const delay = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return delay > 0 ? delay : undefined;
}
