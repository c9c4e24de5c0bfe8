/** How far each user got in a funnel, told day after day what they did. Pure. */

/** What one user did, in ascending order of time. */
export interface UserSteps {
  /** Any unit, the same as the window's. */
  times: ArrayLike<number>;
  /** The event at each time, as an index of `names`. */
  events: ArrayLike<number>;
  /** So many of both; what lies behind does not count. */
  count: number;
}

export interface FunnelRule {
  /** For each step the event that it asks for, as an index. The same event may be asked for several times. */
  steps: readonly number[];
  /** All steps lie within this of the first, which lies before `end`. */
  window: number;
  end: number;
}

/** Room for users at first; doubled whenever it is used up. */
const FIRST_ROOM = 1_024;

/**
 * A user passes as many steps as some choice of distinct events does in non-decreasing time.
 *
 * For each step the latest start of a chain that has reached it is enough to know: a later start leaves more
 * of the window. Events of the same moment have no order among them, so they are taken as a group: a chain
 * passes several steps at once where the group holds enough events for them.
 */
export class FunnelUsers {
  readonly #rule: FunnelRule;
  /** The steps that each user has passed. */
  #depths = new Uint8Array(FIRST_ROOM);
  /** Of each user, for every step: the latest start of a chain that has passed it. */
  #starts: Float64Array;

  constructor(rule: FunnelRule) {
    this.#rule = rule;
    this.#starts = new Float64Array(FIRST_ROOM * rule.steps.length);
  }

  /** Users are numbered from 0. `did` is later than all that was told of this one before. */
  advance(user: number, { times, events, count }: UserSteps): void {
    const { steps, window, end } = this.#rule;
    this.#makeRoom(user);
    const starts = this.#starts.subarray(user * steps.length, (user + 1) * steps.length);
    let depth = this.#depths[user]!;
    for (let at = 0; at < count && depth < steps.length;) {
      const time = times[at]!;
      let after = at;
      while (after < count && times[after] === time) after += 1;
      const moment: Moment = { events, at, after };
      at = after;
      // From the last step back, so that the starts of earlier steps are still those before this moment.
      for (let from = Math.min(depth, steps.length - 1); from >= 0; from -= 1) {
        const start = from === 0 ? time : starts[from - 1]!;
        if (from === 0 ? time >= end : time - start > window) continue;
        const furthest = reach(moment, steps, from);
        for (let to = from + 1; to <= furthest; to += 1) {
          starts[to - 1] = to > depth ? start : Math.max(starts[to - 1]!, start);
        }
        depth = Math.max(depth, furthest);
      }
    }
    this.#depths[user] = depth;
  }

  /** How many users passed each step. */
  passed(): number[] {
    return this.#rule.steps.map((_, step) =>
      this.#depths.reduce((users, depth) => (depth > step ? users + 1 : users), 0),
    );
  }

  #makeRoom(user: number): void {
    while (user >= this.#depths.length) {
      const [depths, starts] = [this.#depths, this.#starts];
      this.#depths = new Uint8Array(depths.length * 2);
      this.#depths.set(depths);
      this.#starts = new Float64Array(starts.length * 2);
      this.#starts.set(starts);
    }
  }
}

/** Events `at` to `after` (excluded), which happened at the same time. */
interface Moment {
  events: ArrayLike<number>;
  at: number;
  after: number;
}

/** The step that the events of one moment lead to, after step `from` was passed. */
function reach({ events, at, after }: Moment, steps: readonly number[], from: number): number {
  // Nearly always there is one event.
  if (after - at === 1) return events[at] === steps[from] ? from + 1 : from;
  const left = Array.from({ length: after - at }, (_, i) => events[at + i]!);
  let step = from;
  for (; step < steps.length; step += 1) {
    const used = left.indexOf(steps[step]!);
    if (used === -1) break;
    left.splice(used, 1);
  }
  return step;
}
