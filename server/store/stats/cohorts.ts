/** Users by the week of their first day, and how many of each cohort were active in the weeks after. */
import type pg from 'pg';

import { ACTIVE, dayNumber } from '../histories/format.ts';
import { matchingFacets } from './facets.ts';
import { type UserHistory, eachHistory, firstDayOf } from './histories.ts';
import { type Day, type StatsQuery, mondayOf, weeksTouching } from './query.ts';
import { inSnapshot } from './snapshot.ts';

export interface Cohort {
  week_start: Day;
  users: number;
  /** Users active in week 0, 1, 2 … up to the week of `to`. */
  active: number[];
}

export function readCohorts(pool: pg.Pool, query: StatsQuery): Promise<Cohort[]> {
  return inSnapshot(pool, async (client) => {
    const { look } = await matchingFacets(client, query);
    const counter = new CohortCounter(query, look.matches);
    await eachHistory(client, ['firsts', 'days'], (history) => counter.add(history));
    return weeksTouching(query).map((cohort, i) => {
      return { week_start: cohort, users: counter.users[i]!, active: [...counter.active[i]!.subarray(i)] };
    });
  });
}

class CohortCounter {
  /** By the weeks of the range: users of each cohort, and those of them who were active in each week. */
  readonly users: Float64Array;
  readonly active: Float64Array[];
  readonly #matches: Uint8Array;
  readonly #firstMonday: number;
  readonly #to: number;

  constructor(query: StatsQuery, matches: Uint8Array) {
    const weeks = weeksTouching(query).length;
    this.users = new Float64Array(weeks);
    this.active = Array.from({ length: weeks }, () => new Float64Array(weeks));
    this.#matches = matches;
    this.#firstMonday = dayNumber(mondayOf(query.from));
    this.#to = dayNumber(query.to);
  }

  add({ firsts, days }: Pick<UserHistory, 'firsts' | 'days'>): void {
    const firstDay = firstDayOf(firsts, this.#matches);
    if (firstDay < this.#firstMonday || firstDay > this.#to) return;
    const cohort = this.#weekOf(firstDay);
    this.users[cohort]! += 1;
    const active = this.active[cohort]!;
    let latest = -1;
    while (days.next() && days.day <= this.#to) {
      if (this.#matches[days.facetId] === 0 || (days.flags & ACTIVE) === 0) continue;
      const week = this.#weekOf(days.day);
      if (week === latest) continue;
      latest = week;
      active[week]! += 1;
    }
  }

  #weekOf(day: number): number {
    return Math.floor((day - this.#firstMonday) / 7);
  }
}
