/** One event over time: how often it happened on each day or in each week, and to how many users. */
import type { Pool } from 'pg';

import { ACTIVE, dayNumber } from '../histories/format.ts';
import { matchingFacets } from './facets.ts';
import { type UserHistory, eachHistory } from './histories.ts';
import { type Day, type StatsQuery, daysBetween, mondayOf, weeksTouching } from './query.ts';
import { inSnapshot } from './snapshot.ts';

export type Interval = 'day' | 'week';

export interface EventSeries {
  count: number;
  users: number;
  /** Each day, or each week by its Monday, of the range. */
  series: { date: Day; count: number; users: number }[];
}

export function readEventSeries(
  pool: Pool,
  query: StatsQuery,
  event: string,
  interval: Interval,
): Promise<EventSeries> {
  return inSnapshot(pool, async (client) => {
    const { from, to } = query;
    const dates = interval === 'day' ? daysBetween(from, to) : weeksTouching(query);
    const periods = { first: interval === 'day' ? from : mondayOf(from), days: interval === 'day' ? 1 : 7 };
    const { rows: names } = await client.query<{ name_id: number }>(
      'select name_id from event_names where event = $1',
      [event],
    );
    const counter = new SeriesCounter(query, periods, dates.length);
    const nameId = names[0]?.name_id;
    if (nameId !== undefined) {
      const { look } = await matchingFacets(client, query);
      await eachHistory(client, (history) => counter.add(history, nameId, look.matches));
    }
    const series = dates.map((date, i) => ({ date, count: counter.counts[i]!, users: counter.users[i]! }));
    return {
      count: series.reduce((total, { count }) => total + count, 0),
      users: counter.usersInAll,
      series,
    };
  });
}

class SeriesCounter {
  /** By period. */
  readonly counts: Float64Array;
  readonly users: Float64Array;
  usersInAll = 0;
  readonly #from: number;
  readonly #to: number;
  readonly #first: number;
  readonly #daysOfPeriod: number;

  constructor({ from, to }: StatsQuery, { first, days }: { first: Day; days: number }, periods: number) {
    this.counts = new Float64Array(periods);
    this.users = new Float64Array(periods);
    this.#from = dayNumber(from);
    this.#to = dayNumber(to);
    this.#first = dayNumber(first);
    this.#daysOfPeriod = days;
  }

  add({ days }: UserHistory, nameId: number, matches: Uint8Array): void {
    let latest = -1;
    while (days.next() && days.day <= this.#to) {
      if (days.day < this.#from || matches[days.facetId] === 0 || (days.flags & ACTIVE) === 0) continue;
      const count = countOf(nameId, days.readNames(), days.names);
      if (count === 0) continue;
      const period = Math.floor((days.day - this.#first) / this.#daysOfPeriod);
      this.counts[period]! += count;
      if (latest === -1) this.usersInAll += 1;
      if (period !== latest) this.users[period]! += 1;
      latest = period;
    }
  }
}

function countOf(nameId: number, events: number, names: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < events; i += 1) if (names[i]! >> 1 === nameId) count += 1;
  return count;
}
