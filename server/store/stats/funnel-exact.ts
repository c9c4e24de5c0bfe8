/** Funnels from the events themselves: for the few users of whom histories cannot tell how far they got. */
import type { ClientBase } from 'pg';

import { FunnelChains } from './funnel-chains.ts';
import type { StatsQuery } from './query.ts';
import { rowsInRange, startOf } from './raw-rows.ts';

const DAY_MICROSECONDS = 86_400_000_000;
/** Users whose events are in memory at a time. */
const USERS_PER_PAGE = 1_000;

export interface ExactRule extends StatsQuery {
  /** Event names. */
  steps: readonly string[];
  windowDays: number;
}

/** By step: how many of these users passed it. */
export async function readExactly(
  client: ClientBase,
  rule: ExactRule,
  userIds: readonly string[],
): Promise<number[]> {
  const passed = rule.steps.map(() => 0);
  const { sql, values } = rowsInRange(rule, rule.windowDays);
  for (let first = 0; first < userIds.length; first += USERS_PER_PAGE) {
    const { rows } = await client.query<Did>(
      `select user_id, event, (extract(epoch from timestamp) * 1e6)::float8 as time
       from events
       where ${sql} and user_id = any ($${values.length + 1}::uuid[]) and event = any ($${values.length + 2}::text[])`,
      [...values, userIds.slice(first, first + USERS_PER_PAGE), rule.steps],
    );
    for (const did of Map.groupBy(rows, (row) => row.user_id).values()) {
      const depth = depthOf(rule, did);
      for (let step = 0; step < depth; step += 1) passed[step]! += 1;
    }
  }
  return passed;
}

interface Did {
  user_id: string;
  event: string;
  /** Microseconds since 1970. */
  time: number;
}

function depthOf({ steps, to, windowDays }: ExactRule, did: readonly Did[]): number {
  const chains = new FunnelChains(
    steps.map((step) => steps.indexOf(step)),
    windowDays * DAY_MICROSECONDS,
  );
  const end = Date.parse(startOf(to)) * 1000 + DAY_MICROSECONDS;
  const moments = Map.groupBy(did, ({ time }) => time);
  for (const time of [...moments.keys()].sort((a, b) => a - b)) {
    const events = moments.get(time)!.map(({ event }) => steps.indexOf(event));
    chains.take({ events, count: events.length, earliest: time, latest: time, canStart: time < end });
  }
  return chains.certain;
}
