/** A bucket of tokens: bursts up to its size, then a steady rate. */
export interface RateLimit {
  /** True where one more is within the limit; takes a token. */
  take(): boolean;
}

/** `burst` at once, refilled at `perSecond`. */
export function createRateLimit(burst: number, perSecond: number, now: () => number = Date.now): RateLimit {
  let tokens = burst;
  let refilledAt = now();
  return {
    take() {
      const at = now();
      tokens = Math.min(burst, tokens + (Math.max(0, at - refilledAt) / 1_000) * perSecond);
      refilledAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
