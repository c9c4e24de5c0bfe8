/** One event over time: how often it happened on each day or in each week, and to how many users. */
import type { ClientBase, Pool } from 'pg';

import type { DayReader } from '../histories/day-columns.ts';
import { dayNumber } from '../histories/format.ts';
import { matchingFacets } from './facets.ts';
import { eachHistory } from './histories.ts';
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
    const { rows } = await client.query<{ name_id: number | null; highest: number }>(NAME, [event]);
    const { name_id: nameId, highest } = rows[0]!;
    if (nameId === null) return seriesOf(dates, 0, () => NOTHING);
    const { environment, look } = await matchingFacets(client, query);
    if (environment !== null && interval === 'day') {
      const days = await readDays(client, query, environment, nameId);
      const users = days.size === 0 ? 0 : await countUsers(client, query, look.matches, nameId);
      return seriesOf(dates, users, (date) => days.get(date) ?? NOTHING);
    }
    const periods = { first: interval === 'day' ? from : mondayOf(from), days: interval === 'day' ? 1 : 7 };
    const counter = new SeriesCounter(query, periods, dates.length, highest);
    await eachHistory(client, ['days'], ({ days }) => counter.add(days, nameId, look.matches), from);
    return seriesOf(dates, counter.usersInAll, (_, i) => {
      return { count: counter.counts[i]!, users: counter.users[i]! };
    });
  });
}

interface Count {
  count: number;
  users: number;
}

const NOTHING: Count = { count: 0, users: 0 };

function seriesOf(
  dates: readonly Day[],
  users: number,
  countOf: (date: Day, i: number) => Count,
): EventSeries {
  const series = dates.map((date, i) => ({ date, ...countOf(date, i) }));
  return { count: series.reduce((total, { count }) => total + count, 0), users, series };
}

/** Days with such events. */
async function readDays(
  client: ClientBase,
  { from, to }: StatsQuery,
  environment: string,
  nameId: number,
): Promise<Map<Day, Count>> {
  const { rows } = await client.query<Count & { day: Day }>(DAYS, [from, to, environment, nameId]);
  return new Map(rows.map(({ day, count, users }) => [day, { count, users }]));
}

/** Who had the event at all. */
async function countUsers(
  client: ClientBase,
  query: StatsQuery,
  matches: Uint8Array,
  nameId: number,
): Promise<number> {
  const [from, to] = [dayNumber(query.from), dayNumber(query.to)];
  let users = 0;
  const hasEvent = (days: DayReader): boolean => {
    while (days.next() && days.day <= to) {
      if (days.day < from || matches[days.facetId] === 0) continue;
      for (let name = days.nextName(); name !== -1; name = days.nextName())
        if (name >> 1 === nameId) return true;
    }
    return false;
  };
  await eachHistory(client, ['days'], ({ days }) => void (users += hasEvent(days) ? 1 : 0), query.from);
  return users;
}

const DAYS = `
  select day::text, events::float8 as count, users::float8
  from environment_events
  where day between $1::date and $2::date and environment = $3::text and name_id = $4::int and events > 0`;

const NAME = `
  select max(name_id) filter (where event = $1::text) as name_id, coalesce(max(name_id), 0) as highest from event_names`;

class SeriesCounter {
  /** By period. */
  readonly counts: Float64Array;
  readonly users: Float64Array;
  usersInAll = 0;
  readonly #from: number;
  readonly #to: number;
  readonly #first: number;
  readonly #daysOfPeriod: number;
  /** All events so far, by `name_id`: what a day adds to one of them is asked for. To count all takes no longer. */
  readonly #events: Float64Array;

  constructor(
    { from, to }: StatsQuery,
    { first, days }: { first: Day; days: number },
    periods: number,
    highestName: number,
  ) {
    this.#events = new Float64Array(highestName + 1);
    this.counts = new Float64Array(periods);
    this.users = new Float64Array(periods);
    this.#from = dayNumber(from);
    this.#to = dayNumber(to);
    this.#first = dayNumber(first);
    this.#daysOfPeriod = days;
  }

  add(days: DayReader, nameId: number, matches: Uint8Array): void {
    let latest = -1;
    while (days.next() && days.day <= this.#to) {
      if (days.day < this.#from || matches[days.facetId] === 0) continue;
      const before = this.#events[nameId]!;
      days.addNamesTo(this.#events);
      const count = this.#events[nameId]! - before;
      if (count === 0) continue;
      const period = Math.floor((days.day - this.#first) / this.#daysOfPeriod);
      this.counts[period]! += count;
      if (latest === -1) this.usersInAll += 1;
      if (period !== latest) this.users[period]! += 1;
      latest = period;
    }
  }
}
