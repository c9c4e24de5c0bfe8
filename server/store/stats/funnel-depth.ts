/** How far one user got in a funnel. Pure. */

/** What one user did, in ascending order of time. */
export interface UserSteps {
  /** Any unit, the same as the window's. */
  times: ArrayLike<number>;
  /** The event at each time, as an index of `names`. */
  events: ArrayLike<number>;
}

export interface FunnelRule {
  /** For each step the event that it asks for, as an index. The same event may be asked for several times. */
  steps: readonly number[];
  /** All steps lie within this of the first, which lies before `end`. */
  window: number;
  end: number;
}

/**
 * The number of steps that some choice of distinct events passes in non-decreasing time.
 *
 * For each step the latest start of a chain that has reached it is enough to know: a later start leaves more
 * of the window. Events of the same moment have no order among them, so they are taken as a group: a chain
 * passes several steps at once where the group holds enough events for them.
 */
export function funnelDepth({ times, events }: UserSteps, { steps, window, end }: FunnelRule): number {
  const starts = Array.from<number>({ length: steps.length + 1 }).fill(-Infinity);
  let depth = 0;
  for (let at = 0; at < times.length && depth < steps.length;) {
    const time = times[at]!;
    let after = at;
    while (after < times.length && times[after] === time) after += 1;
    const moment: Moment = { events, at, after };
    at = after;
    // From the last step back, so that the starts of earlier steps are still those before this moment.
    for (let from = Math.min(depth, steps.length - 1); from >= 0; from -= 1) {
      const start = from === 0 ? time : starts[from]!;
      if (from === 0 ? time >= end : time - start > window) continue;
      const furthest = reach(moment, steps, from);
      for (let to = from + 1; to <= furthest; to += 1) starts[to] = Math.max(starts[to]!, start);
      depth = Math.max(depth, furthest);
    }
  }
  return depth;
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
