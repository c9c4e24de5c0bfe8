/** The app's own events: which there are, and each as a series. */
import type pg from 'pg';

import { type Day, type StatsQuery, daysBetween, weeksTouching } from './query.ts';
import { rowsInRange } from './raw-rows.ts';
import { inSnapshot } from './snapshot.ts';

export interface EventCount {
  event: string;
  count: number;
  users: number;
}

/** Events in range, by descending count, then by name. */
export function readEventCounts(pool: pg.Pool, query: StatsQuery): Promise<EventCount[]> {
  const { sql, values } = rowsInRange(query);
  return inSnapshot(pool, async (client) => {
    const { rows } = await client.query<EventCount>(
      `select event, sum(count)::int as count, count(*)::int as users
       from (select event, user_id, count(*) as count from events where ${sql} group by event, user_id) by_user
       group by event
       order by count desc, event`,
      values,
    );
    return rows;
  });
}

export type Interval = 'day' | 'week';

export interface EventSeries {
  count: number;
  users: number;
  /** Each day, or each week by its Monday, of the range. */
  series: { date: Day; count: number; users: number }[];
}

export function readEventSeries(
  pool: pg.Pool,
  query: StatsQuery,
  event: string,
  interval: Interval,
): Promise<EventSeries> {
  const { sql, values } = rowsInRange(query);
  return inSnapshot(pool, async (client) => {
    // A user who has several days or weeks counts as a newcomer in the first of them, and so once in all.
    const { rows } = await client.query<EventSeries['series'][number] & { newcomers: number }>(
      `select date::text, sum(count)::int as count, count(*)::int as users,
         (count(*) filter (where first))::int as newcomers
       from (
         select user_id, date, count(*) as count, date = min(date) over (partition by user_id) as first
         from (
           select user_id, date_trunc('${interval}', timestamp at time zone 'UTC')::date as date
           from events
           where ${sql} and event = $${values.length + 1}
         ) dated
         group by user_id, date
       ) by_user
       group by date`,
      [...values, event],
    );
    const byDate = new Map(rows.map(({ date, count, users }) => [date, { date, count, users }]));
    const dates = interval === 'day' ? daysBetween(query.from, query.to) : weeksTouching(query);
    return {
      count: rows.reduce((sum, row) => sum + row.count, 0),
      users: rows.reduce((sum, row) => sum + row.newcomers, 0),
      series: dates.map((date) => byDate.get(date) ?? { date, count: 0, users: 0 }),
    };
  });
}

export interface NumberSummary {
  /** Events that carry a number there. */
  count: number;
  sum: number;
  mean: number | null;
  p50: number | null;
  p95: number | null;
}

export function readNumberProperty(
  pool: pg.Pool,
  query: StatsQuery,
  event: string,
  property: string,
): Promise<NumberSummary> {
  const { sql, values } = rowsInRange(query);
  return inSnapshot(pool, async (client) => {
    const { rows } = await client.query<NumberSummary>(
      `select count(*)::int as count, coalesce(sum(value), 0) as sum, avg(value) as mean,
         percentile_cont(0.5) within group (order by value) as p50,
         percentile_cont(0.95) within group (order by value) as p95
       from (
         select greatest(least((properties -> $${values.length + 2})::numeric, 1e300), -1e300)::float8 as value
         from events
         where ${sql} and event = $${values.length + 1} and jsonb_typeof(properties -> $${values.length + 2}) = 'number'
       ) numbers`,
      [...values, event, property],
    );
    return rows[0]!;
  });
}

/** How many values are listed. */
const VALUES = 100;

/** Texts and truth values in range, by descending count, then by name; the most frequent hundred. */
export function readValueCounts(
  pool: pg.Pool,
  query: StatsQuery,
  event: string,
  property: string,
): Promise<{ value: string; count: number }[]> {
  const { sql, values } = rowsInRange(query);
  return inSnapshot(pool, async (client) => {
    const { rows } = await client.query<{ value: string; count: number }>(
      `select value, count(*)::int as count
       from (
         select coalesce(nullif(properties ->> $${values.length + 2}, ''), 'unknown') collate "C" as value
         from events
         where ${sql} and event = $${values.length + 1}
       ) texts
       group by value
       order by count desc, value
       limit ${VALUES}`,
      [...values, event, property],
    );
    return rows;
  });
}
