/** Takes the events that a funnel asks for out of `user_days.steps`: eight bytes each, in no order. */
import type { UserSteps } from './funnel-users.ts';

export const DAY_MICROSECONDS = 86_400_000_000;

const USER_ID_BYTES = 16;
const LENGTH_BYTES = 4;
/** Six bytes of microseconds since the start of the day, two of the event's `name_id`. */
const STEP_BYTES = 8;
/** Room for the index of a name beside a time; there are at most ten. */
const NAMES = 16;

/** Above it the engine's own sort is faster than sorting by insertion. */
const FEW = 64;

export class StepReader {
  /** For each `name_id` the index of its event; -1: not asked for. */
  readonly #indexes: Int8Array;
  #codes = new Float64Array(1_024);
  readonly #did = { times: new Float64Array(1_024), events: new Uint8Array(1_024), count: 0 };

  constructor(indexes: Int8Array) {
    this.#indexes = indexes;
  }

  /**
   * `bytes` holds, for every row of a day, the user's id, the length of the steps and these; rows of a user behind
   * each other. Tells each user who has some, with times in microseconds since the start of day 0. What is told
   * holds until the next is.
   */
  read(bytes: Buffer, dayIndex: number, tell: (userId: string, did: UserSteps) => void): void {
    const start = dayIndex * DAY_MICROSECONDS;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length;) {
      const userId = bytes.toString('latin1', at, at + USER_ID_BYTES);
      let count = 0;
      do {
        at += USER_ID_BYTES + LENGTH_BYTES;
        const end = at + view.getInt32(at - LENGTH_BYTES);
        this.#makeRoom(count + (end - at) / STEP_BYTES);
        for (; at < end; at += STEP_BYTES) {
          const index = this.#indexes[view.getUint16(at + 6)]!;
          if (index === -1) continue;
          const time = start + view.getUint32(at) * 65_536 + view.getUint16(at + 4);
          this.#codes[count] = time * NAMES + index;
          count += 1;
        }
      } while (at < bytes.length && isUserAt(bytes, at, userId));
      if (count > 0) tell(userId, this.#order(count));
    }
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

function isUserAt(bytes: Buffer, at: number, userId: string): boolean {
  for (let i = 0; i < USER_ID_BYTES; i += 1) if (bytes[at + i] !== userId.charCodeAt(i)) return false;
  return true;
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
