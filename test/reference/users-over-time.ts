/** When users came, and on which days they were there, by brute force. */
import type pg from 'pg';

import { type Question, matchingRows } from './reference.ts';

const DAY_MS = 86_400_000;

interface Presence {
  user_id: string;
  /** In UTC, of the first event ever, which retention may have removed. */
  first_day: string;
  days: string[];
}

/** The answer of `GET /stats/cohorts`. */
export async function referenceCohorts(pool: pg.Pool, question: Question) {
  const users = await presences(pool, question);
  const weeks: string[] = [];
  for (let week = mondayOf(question.from); week <= question.to; week = addDays(week, 7)) weeks.push(week);
  return weeks.map((cohort) => {
    const members = users.filter(
      ({ first_day: first }) => mondayOf(first) === cohort && first <= question.to,
    );
    return {
      week_start: cohort,
      users: members.length,
      active: weeks
        .filter((week) => week >= cohort)
        .map(
          (week) =>
            members.filter(({ days }) => days.some((day) => mondayOf(day) === week && day <= question.to))
              .length,
        ),
    };
  });
}

/** Of each day in range: who was active, and who came. */
export async function referenceDays(pool: pg.Pool, question: Question) {
  const users = await presences(pool, question);
  const days: { date: string; active_users: number; new_users: number }[] = [];
  for (let date = question.from; date <= question.to; date = addDays(date, 1)) {
    days.push({
      date,
      active_users: users.filter((user) => user.days.includes(date)).length,
      new_users: users.filter((user) => user.first_day === date).length,
    });
  }
  return days;
}

async function presences(pool: pg.Pool, question: Question): Promise<Presence[]> {
  const matching = matchingRows(question);
  const day = `(timestamp at time zone 'UTC')::date::text`;
  const { rows } = await pool.query<{ user_id: string; day: string; is_kept: boolean }>(
    `select user_id, ${day} as day, true as is_kept from events where ${matching}
     union select user_id, ${day}, false from reference_remembered where ${matching}`,
  );
  return [...Map.groupBy(rows, (row) => row.user_id)].map(([userId, of]) => ({
    user_id: userId,
    first_day: of.map((row) => row.day).sort()[0]!,
    days: of.filter((row) => row.is_kept).map((row) => row.day),
  }));
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

function mondayOf(day: string): string {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}
