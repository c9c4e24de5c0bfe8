/** A session is one run of the app, or a stretch of activity after 30 idle minutes. */

const IDLE_MS = 30 * 60 * 1000;

export interface Session {
  /** UUID v4. */
  readonly id: string;
  /** Something was recorded: returns the session it belongs to. */
  touch(): string;
  /** Starts another one. */
  renew(): void;
}

/** Reads the wall clock, because monotonic clocks stand still while a laptop sleeps. */
export function createSession(now: () => number = Date.now): Session {
  let id: string = crypto.randomUUID();
  let lastActive = now();
  return {
    get id() {
      return id;
    },
    touch() {
      const moment = now();
      if (moment - lastActive > IDLE_MS) id = crypto.randomUUID();
      lastActive = moment;
      return id;
    },
    renew() {
      id = crypto.randomUUID();
      lastActive = now();
    },
  };
}
