/** How many users pass a sequence of events. */
import type pg from 'pg';

import { funnelDepth } from './funnel-depth.ts';
import type { StatsQuery } from './query.ts';
import { rowsInRange, startOf } from './raw-rows.ts';
import { inSnapshot } from './snapshot.ts';

export interface FunnelQuery extends StatsQuery {
  /** Event names, 2 to 10. */
  steps: string[];
  /** Days of 24 hours, 1 to 90. */
  windowDays: number;
}

export interface FunnelStep {
  event: string;
  users: number;
  rate: number | null;
}

const DAY_MICROSECONDS = 86_400_000_000;
/** Room for the number of an event's name beside its time. */
const NAMES = 16;
const USERS_PER_FETCH = 5_000;

export function readFunnel(pool: pg.Pool, query: FunnelQuery): Promise<FunnelStep[]> {
  const names = [...new Set(query.steps)];
  const rule = {
    steps: query.steps.map((step) => names.indexOf(step)),
    window: query.windowDays * DAY_MICROSECONDS,
    end: (Date.parse(query.to) - Date.parse(query.from)) * 1000 + DAY_MICROSECONDS,
  };
  const { sql, values } = rowsInRange(query, query.windowDays);
  const parameter = (offset: number): string => `$${values.length + offset}`;
  const steps = `
    select array_agg(step order by step)::text as steps
    from (
      select user_id,
        (extract(epoch from timestamp - ${parameter(1)}::timestamptz) * 1e6)::bigint * ${NAMES}
          + array_position(${parameter(2)}::text[], event) - 1 as step
      from events
      where ${sql} and event = any (${parameter(2)}::text[])
    ) steps
    group by user_id
    having bool_or(step % ${NAMES} = 0)`;
  return inSnapshot(pool, async (client) => {
    await client.query(`declare funnel no scroll cursor for ${steps}`, [
      ...values,
      startOf(query.from),
      names,
    ]);
    const passed = query.steps.map(() => 0);
    for (;;) {
      const { rows } = await client.query<{ steps: string }>(`fetch ${USERS_PER_FETCH} from funnel`);
      for (const row of rows) {
        const codes = row.steps.slice(1, -1).split(',').map(Number);
        const events = codes.map((code) => code % NAMES);
        const depth = funnelDepth(
          { times: codes.map((code, i) => (code - events[i]!) / NAMES), events },
          rule,
        );
        for (let step = 0; step < depth; step += 1) passed[step]! += 1;
      }
      if (rows.length < USERS_PER_FETCH) break;
    }
    const first = passed[0]!;
    return query.steps.map((event, step) => ({
      event,
      users: passed[step]!,
      rate: first === 0 ? null : passed[step]! / first,
    }));
  });
}
