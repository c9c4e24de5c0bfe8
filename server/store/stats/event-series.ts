/** One event over time: how often it happened on each day or in each week, and to how many users. */
import type { Pool } from 'pg';

import { eachRow, NAME_AT, readParts, STEP_BYTES } from './day-steps.ts';
import { matchingFacets } from './facets.ts';
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
  { from, to, filters }: StatsQuery,
  event: string,
  interval: Interval,
  usersPerPart?: number,
): Promise<EventSeries> {
  return inSnapshot(pool, async (client) => {
    const { rows: names } = await client.query<{ name_id: number }>(
      'select name_id from event_names where event = $1',
      [event],
    );
    const dates = interval === 'day' ? daysBetween(from, to) : weeksTouching({ from, to, filters });
    const counter = new SeriesCounter(dates.length);
    if (names.length > 0) {
      const { ids } = await matchingFacets(client, { from, to, filters });
      const daysIntoWeek = daysBetween(mondayOf(from), from).length - 1;
      for await (const days of readParts(client, { from, to, facetIds: ids }, usersPerPart)) {
        counter.startPart();
        for await (const { dayIndex, bytes } of days) {
          const period = interval === 'day' ? dayIndex : Math.floor((daysIntoWeek + dayIndex) / 7);
          counter.add(bytes, names[0]!.name_id, period);
        }
      }
    }
    return {
      count: counter.counts.reduce((sum, count) => sum + count, 0),
      users: counter.usersInAll,
      series: dates.map((date, i) => ({ date, count: counter.counts[i]!, users: counter.users[i]! })),
    };
  });
}

/** Told the days in order, it knows of each user the latest period that counted them. */
class SeriesCounter {
  readonly counts: number[];
  readonly users: number[];
  usersInAll = 0;
  #latest = new Map<string, number>();

  constructor(periods: number) {
    this.counts = Array.from({ length: periods }, () => 0);
    this.users = Array.from({ length: periods }, () => 0);
  }

  /** Users of parts before do not come again. */
  startPart(): void {
    this.#latest = new Map();
  }

  add(day: Buffer, nameId: number, period: number): void {
    eachRow(day, (userId, view, start, end) => {
      let count = 0;
      for (let at = start; at < end; at += STEP_BYTES)
        if (view.getUint16(at + NAME_AT) === nameId) count += 1;
      if (count === 0) return;
      this.counts[period]! += count;
      const latest = this.#latest.get(userId);
      if (latest === period) return;
      if (latest === undefined) this.usersInAll += 1;
      this.users[period]! += 1;
      this.#latest.set(userId, period);
    });
  }
}
