/** Takes the events that a funnel asks for out of a day's steps, in the order of time. */
import { DAY_MICROSECONDS, eachRow, NAME_AT, STEP_BYTES } from './day-steps.ts';
import type { UserSteps } from './funnel-users.ts';
import { UserNumbers } from './user-numbers.ts';

/** Room for the index of a name beside a time; there are at most ten. */
const NAMES = 16;

/** Above it the engine's own sort is faster than sorting by insertion. */
const FEW = 64;

export class StepReader {
  /** For each `name_id` the index of its event; -1: not asked for. */
  readonly #indexes: Int8Array;
  readonly #numbers = new UserNumbers();
  #codes = new Float64Array(1_024);
  readonly #did = { times: new Float64Array(1_024), events: new Uint8Array(1_024), count: 0 };

  constructor(indexes: Int8Array) {
    this.#indexes = indexes;
  }

  /**
   * Tells each user who has some, by number, with times in microseconds since the start of day 0. What is told holds
   * until the next is.
   */
  read(bytes: Buffer, dayIndex: number, tell: (user: number, did: UserSteps) => void): void {
    const dayStart = dayIndex * DAY_MICROSECONDS;
    let user = -1;
    let count = 0;
    eachRow(bytes, (view, idAt, start, end) => {
      const next = this.#numbers.of(view, idAt);
      if (next !== user) {
        if (count > 0) tell(user, this.#order(count));
        user = next;
        count = 0;
      }
      this.#makeRoom(count + (end - start) / STEP_BYTES);
      for (let at = start; at < end; at += STEP_BYTES) {
        const index = this.#indexes[view.getUint16(at + NAME_AT)]!;
        if (index === -1) continue;
        const time = dayStart + view.getUint32(at) * 65_536 + view.getUint16(at + 4);
        this.#codes[count] = time * NAMES + index;
        count += 1;
      }
    });
    if (count > 0) tell(user, this.#order(count));
  }

  #makeRoom(count: number): void {
    if (count <= this.#codes.length) return;
    const codes = this.#codes;
    this.#codes = new Float64Array(count * 2);
    this.#codes.set(codes);
    this.#did.times = new Float64Array(count * 2);
    this.#did.events = new Uint8Array(count * 2);
  }

  #order(count: number): UserSteps {
    const codes = this.#codes;
    if (count > FEW) codes.subarray(0, count).sort();
    else sortFew(codes, count);
    const { times, events } = this.#did;
    for (let i = 0; i < count; i += 1) {
      const time = Math.floor(codes[i]! / NAMES);
      times[i] = time;
      events[i] = codes[i]! - time * NAMES;
    }
    this.#did.count = count;
    return this.#did;
  }
}

/** By insertion: they are nearly in order. */
function sortFew(codes: Float64Array, count: number): void {
  for (let i = 1; i < count; i += 1) {
    const code = codes[i]!;
    let to = i;
    for (; to > 0 && codes[to - 1]! > code; to -= 1) codes[to] = codes[to - 1]!;
    codes[to] = code;
  }
}
