/** How far one user got in a funnel, told moment after moment what they did. Pure. */

/** Several events that happened at the same time, which is known to lie between `earliest` and `latest`. */
export interface Moment {
  /** As the funnel's steps name them; so many, what lies behind does not count. */
  events: ArrayLike<number>;
  count: number;
  /** In the unit of the window. Both the same where the time is known exactly. */
  earliest: number;
  latest: number;
  /** Whether it lies in range, as the first step must. */
  canStart: boolean;
}

/**
 * A user passes as many steps as some choice of distinct events does in non-decreasing time, within a window from the
 * first of them.
 *
 * For each step the latest start of a chain that has reached it is enough to know: a later start leaves more of the
 * window. Where times are not known exactly there are two such starts: of chains that keep to the window whatever the times
 * are, and of those that may.
 */
export class FunnelChains {
  readonly #steps: readonly number[];
  readonly #window: number;
  /** By step: the latest start of a chain that has passed it. */
  readonly #certain: Float64Array;
  readonly #possible: Float64Array;

  /** `steps`: for each the event that it asks for; the same one may be asked for several times. */
  constructor(steps: readonly number[], window: number) {
    this.#steps = steps;
    this.#window = window;
    this.#certain = new Float64Array(steps.length);
    this.#possible = new Float64Array(steps.length);
    this.reset();
  }

  /** What is told next is of another user. */
  reset(): void {
    // Not by `fill`, which takes longer for so few.
    for (let step = 0; step < this.#steps.length; step += 1) {
      this.#certain[step] = Number.NEGATIVE_INFINITY;
      this.#possible[step] = Number.NEGATIVE_INFINITY;
    }
  }

  /** How many steps the user has passed for certain, and at most. */
  get certain(): number {
    return depthOf(this.#certain);
  }
  get possible(): number {
    return depthOf(this.#possible);
  }

  /** Whether all steps are passed for certain: nothing that follows can change it. */
  get isPassed(): boolean {
    return this.#certain[this.#steps.length - 1] !== Number.NEGATIVE_INFINITY;
  }

  /** Takes what happened later than all that was told before. */
  take(moment: Moment): void {
    const { earliest, latest, canStart } = moment;
    const [certain, possible] = [this.#certain, this.#possible];
    // From the last step back, so that the starts of earlier steps are still those before this moment.
    for (let from = this.#steps.length - 1; from >= 0; from -= 1) {
      const furthest = this.#reach(moment, from);
      if (furthest === from) continue;
      const possibleStart = from === 0 ? latest : possible[from - 1]!;
      if (from === 0 ? !canStart : earliest - possibleStart > this.#window) continue;
      const certainStart = from === 0 ? earliest : certain[from - 1]!;
      const isCertain = from === 0 || latest - certainStart <= this.#window;
      for (let step = from; step < furthest; step += 1) {
        if (possibleStart > possible[step]!) possible[step] = possibleStart;
        if (isCertain && certainStart > certain[step]!) certain[step] = certainStart;
      }
    }
  }

  /** How many steps are passed after the moment, if `from` were passed before it. */
  #reach({ events, count }: Moment, from: number): number {
    // Nearly always there is one event.
    if (count === 1) return events[0] === this.#steps[from] ? from + 1 : from;
    return this.#reachBySeveral(events, count, from);
  }

  #reachBySeveral(events: ArrayLike<number>, count: number, from: number): number {
    const left = Array.from({ length: count }, (_, i) => events[i]!);
    let step = from;
    for (; step < this.#steps.length; step += 1) {
      const used = left.indexOf(this.#steps[step]!);
      if (used === -1) break;
      left.splice(used, 1);
    }
    return step;
  }
}

/** A chain that has passed a step has passed those before it. */
function depthOf(starts: Float64Array): number {
  let depth = 0;
  while (depth < starts.length && starts[depth] !== Number.NEGATIVE_INFINITY) depth += 1;
  return depth;
}
