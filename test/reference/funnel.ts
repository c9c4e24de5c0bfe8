/** Funnel by brute force. */
import type pg from 'pg';

import { type Question, matchingRows } from './reference.ts';

interface Row {
  user_id: string;
  event: string;
  at: number;
}

/** Tries every choice of distinct events. Times in milliseconds. */
export async function referenceFunnel(
  pool: pg.Pool,
  question: Question,
  steps: readonly string[],
  windowDays: number,
): Promise<number[]> {
  const { rows } = await pool.query<Row>(
    `select user_id, event, extract(epoch from timestamp)::float8 * 1000 as at from events where ${matchingRows(question)}`,
  );
  const start = Date.parse(question.from);
  const end = Date.parse(question.to) + 86_400_000;
  const users = Map.groupBy(rows, (row) => row.user_id);
  const depths = [...users.values()].map((events) => {
    const depthFrom = (step: number, used: ReadonlySet<Row>, first: number, last: number): number => {
      let best = step;
      for (const row of events) {
        const fits =
          step === 0
            ? row.at >= start && row.at < end
            : row.at >= last && row.at - first <= windowDays * 86_400_000;
        if (row.event !== steps[step] || used.has(row) || !fits) continue;
        best = Math.max(
          best,
          depthFrom(step + 1, new Set([...used, row]), step === 0 ? row.at : first, row.at),
        );
      }
      return best;
    };
    return depthFrom(0, new Set(), 0, 0);
  });
  return steps.map((_, step) => depths.filter((depth) => depth > step).length);
}
