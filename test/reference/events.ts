/** The app's own events by brute force. */
import type pg from 'pg';

import { type Question, matchingRows } from './reference.ts';

interface Row {
  event: string;
  user_id: string;
  /** The day, in UTC. */
  day: string;
}

interface Counted {
  count: number;
  users: number;
}

/** How often each event happened in range, and one of them on each day and in each week that has it. */
export async function referenceEvents(pool: pg.Pool, question: Question, event: string) {
  const { rows } = await pool.query<Row>(
    `select event, user_id, (timestamp at time zone 'UTC')::date::text as day from events
     where ${matchingRows(question)} and (timestamp at time zone 'UTC')::date between $1 and $2`,
    [question.from, question.to],
  );
  const one = rows.filter((row) => row.event === event);
  const byDate = (date: (row: Row) => string) =>
    countBy(one, date)
      .map(([name, counted]) => ({ date: name, ...counted }))
      .toSorted((a, b) => (a.date < b.date ? -1 : 1));
  return {
    byName: countBy(rows, (row) => row.event)
      .map(([name, counted]) => ({ event: name, ...counted }))
      .toSorted((a, b) => b.count - a.count || (a.event < b.event ? -1 : 1)),
    day: byDate((row) => row.day),
    week: byDate((row) => mondayOf(row.day)),
    inAll: count(one),
  };
}

function countBy(rows: Row[], key: (row: Row) => string): [string, Counted][] {
  return [...Map.groupBy(rows, key)].map(([name, group]) => [name, count(group)]);
}

function count(rows: Row[]): Counted {
  return { count: rows.length, users: new Set(rows.map((row) => row.user_id)).size };
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
