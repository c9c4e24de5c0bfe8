/**
 * A wrong clock for this process: loaded by `--import`, or imported before all else. `ROOST_TORTURE_CLOCK_MS` says how
 * far it is ahead at the start.
 */
const RealDate = Date;
let aheadMs = Number(process.env.ROOST_TORTURE_CLOCK_MS ?? 0);

class WrongDate extends RealDate {
  constructor(...given: [] | [number]) {
    if (given.length === 0) super(RealDate.now() + aheadMs);
    else super(...given);
  }

  static override now(): number {
    return RealDate.now() + aheadMs;
  }
}

globalThis.Date = WrongDate as DateConstructor;

/** Milliseconds ahead of the right time, from now on. */
export function setClockAhead(ms: number): void {
  aheadMs = ms;
}
