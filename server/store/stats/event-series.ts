/** One event over time: how often it happened on each day or in each week, and to how many users. */
import type { Pool } from 'pg';

import { eachRow, NAME_AT, readInParts, STEP_BYTES } from './day-steps.ts';
import { matchingFacets } from './facets.ts';
import { type Day, type StatsQuery, daysBetween, mondayOf, weeksTouching } from './query.ts';
import { inSnapshot } from './snapshot.ts';
import { UserNumbers } from './user-numbers.ts';

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
  usersPerPart?: number,
): Promise<EventSeries> {
  return inSnapshot(pool, async (client) => {
    const { from, to } = query;
    const { rows: names } = await client.query<{ name_id: number }>(
      'select name_id from event_names where event = $1',
      [event],
    );
    const nameId = names[0]?.name_id;
    const dates = interval === 'day' ? daysBetween(from, to) : weeksTouching(query);
    if (nameId === undefined) {
      return { count: 0, users: 0, series: dates.map((date) => ({ date, count: 0, users: 0 })) };
    }
    const { ids } = await matchingFacets(client, query);
    const daysIntoWeek = daysBetween(mondayOf(from), from).length - 1;
    const parts = await readInParts(
      pool,
      client,
      { from, to, facetIds: ids },
      async (days) => {
        const counter = new SeriesCounter(nameId, dates.length);
        for await (const { dayIndex, bytes } of days) {
          counter.add(bytes, interval === 'day' ? dayIndex : Math.floor((daysIntoWeek + dayIndex) / 7));
        }
        const { counts, users, usersInAll } = counter;
        return { counts, users, usersInAll };
      },
      usersPerPart,
    );
    const sum = (of: (part: (typeof parts)[number]) => number): number =>
      parts.reduce((total, part) => total + of(part), 0);
    const series = dates.map((date, i) => ({
      date,
      count: sum((part) => part.counts[i]!),
      users: sum((part) => part.users[i]!),
    }));
    return {
      count: series.reduce((total, { count }) => total + count, 0),
      users: sum((part) => part.usersInAll),
      series,
    };
  });
}

/** Told the days in order, it knows of each user the latest period that counted them. */
class SeriesCounter {
  readonly counts: number[];
  readonly users: number[];
  usersInAll = 0;
  readonly #nameId: number;
  readonly #numbers = new UserNumbers();
  readonly #latest: number[] = [];

  constructor(nameId: number, periods: number) {
    this.#nameId = nameId;
    this.counts = Array.from({ length: periods }, () => 0);
    this.users = Array.from({ length: periods }, () => 0);
  }

  add(day: Buffer, period: number): void {
    eachRow(day, (view, idAt, start, end) => {
      let count = 0;
      for (let at = start; at < end; at += STEP_BYTES) {
        if (view.getUint16(at + NAME_AT) === this.#nameId) count += 1;
      }
      if (count === 0) return;
      this.counts[period]! += count;
      const user = this.#numbers.of(view, idAt);
      const latest = this.#latest[user];
      if (latest === period) return;
      if (latest === undefined) this.usersInAll += 1;
      this.users[period]! += 1;
      this.#latest[user] = period;
    });
  }
}
