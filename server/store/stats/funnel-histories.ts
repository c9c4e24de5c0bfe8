/**
 * Funnels from histories, which know the order of a day's events, and between which seconds they lie: nearly always
 * that tells whether the steps keep to the window.
 */
import type { DayReader } from '../histories/day-columns.ts';
import { DAY_SECONDS, dayNumber } from '../histories/format.ts';
import { FunnelChains, type Moment } from './funnel-chains.ts';
import type { UserHistory } from './histories.ts';
import type { Day } from './query.ts';

export interface FunnelRule {
  from: Day;
  to: Day;
  /** Of each step the index of its event, as `indexes` has it. */
  steps: readonly number[];
  /** By `name_id`: which of the funnel's events it is, from 0; -1: none of them. */
  indexes: Int8Array;
  windowDays: number;
  /** By `facet_id`: 1 matches. */
  matches: Uint8Array;
}

export class FunnelHistories {
  /** By step: users who passed it for certain. */
  readonly passed: Float64Array;
  /** Users of whom only the times of their events can tell how far they got; they are not among those who passed. */
  readonly unclear: string[] = [];
  readonly #rule: FunnelRule;
  readonly #chains: FunnelChains;
  readonly #from: number;
  readonly #to: number;
  readonly #last: number;
  readonly #moment: Moment & { events: number[] } = {
    events: [],
    count: 0,
    earliest: 0,
    latest: 0,
    canStart: false,
  };

  constructor(rule: FunnelRule) {
    this.#rule = rule;
    this.#chains = new FunnelChains(rule.steps, rule.windowDays * DAY_SECONDS);
    this.#from = dayNumber(rule.from);
    this.#to = dayNumber(rule.to);
    this.#last = this.#to + rule.windowDays;
    this.passed = new Float64Array(rule.steps.length);
  }

  add(history: Pick<UserHistory, 'userId' | 'days'>): void {
    const { days } = history;
    const { matches } = this.#rule;
    this.#chains.reset();
    let isInOrder = true;
    let until = Number.NEGATIVE_INFINITY;
    while (days.next() && days.day <= this.#last) {
      if (days.day < this.#from || matches[days.facetId] === 0) continue;
      if (!this.#takeDay(days)) continue;
      // What the user did with one facet may have been before or after what they did with another at the same time.
      isInOrder &&= this.#moment.earliest >= until;
      until = this.#moment.latest;
      if (isInOrder && this.#chains.isPassed) break;
    }
    const { certain, possible } = this.#chains;
    if (!isInOrder || certain !== possible) this.unclear.push(history.userId());
    else for (let step = 0; step < certain; step += 1) this.passed[step]! += 1;
  }

  /** Up to where the funnel is passed. False where there is nothing that it asks for. */
  #takeDay(days: DayReader): boolean {
    const { indexes } = this.#rule;
    const moment = this.#moment;
    moment.count = 0;
    moment.earliest = days.day * DAY_SECONDS + days.firstSecond;
    moment.latest = days.day * DAY_SECONDS + days.lastSecond + 1;
    moment.canStart = days.day <= this.#to;
    let isEmpty = true;
    for (let name = days.nextName(); name !== -1; name = days.nextName()) {
      if ((name & 1) === 0 && moment.count > 0) {
        this.#chains.take(moment);
        if (this.#chains.isPassed) return true;
        moment.count = 0;
      }
      const index = indexes[name >> 1]!;
      if (index === -1) continue;
      moment.events[moment.count] = index;
      moment.count += 1;
      isEmpty = false;
    }
    if (moment.count > 0) this.#chains.take(moment);
    return !isEmpty;
  }
}
