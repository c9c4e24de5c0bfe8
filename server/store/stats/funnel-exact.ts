/** Funnels from the times of all events, as `user_days.steps` has them: for the few users of whom nothing else tells. */
import type { ClientBase } from 'pg';

import { FunnelChains } from './funnel-chains.ts';
import type { FunnelRule } from './funnel-histories.ts';
import { addDays } from './query.ts';

const DAY_MICROSECONDS = 86_400_000_000;
/** Users whose events are in memory at a time. */
const USERS_PER_PAGE = 1_000;

/** By step: how many of these users passed it. */
export async function readExactly(
  client: ClientBase,
  rule: FunnelRule,
  facetIds: readonly number[],
  userIds: readonly string[],
): Promise<number[]> {
  const passed = rule.steps.map(() => 0);
  for (let first = 0; first < userIds.length; first += USERS_PER_PAGE) {
    const { rows } = await client.query<StepsOfDay>(STEPS, [
      userIds.slice(first, first + USERS_PER_PAGE),
      rule.from,
      addDays(rule.to, rule.windowDays),
      facetIds,
    ]);
    for (const days of Map.groupBy(rows, (row) => row.user_id).values()) {
      const depth = depthOf(rule, days);
      for (let step = 0; step < depth; step += 1) passed[step]! += 1;
    }
  }
  return passed;
}

interface StepsOfDay {
  user_id: string;
  /** Days since the first of the range. */
  day: number;
  steps: Buffer;
}

function depthOf(rule: FunnelRule, days: readonly StepsOfDay[]): number {
  const chains = new FunnelChains(rule.steps, rule.windowDays * DAY_MICROSECONDS);
  const end = (Date.parse(rule.to) - Date.parse(rule.from)) * 1000 + DAY_MICROSECONDS;
  const did = days.flatMap((day) => readSteps(day, rule.indexes));
  const moments = Map.groupBy(did, ({ time }) => time);
  for (const time of [...moments.keys()].sort((a, b) => a - b)) {
    const events = moments.get(time)!.map(({ index }) => index);
    chains.take({ events, count: events.length, earliest: time, latest: time, canStart: time < end });
  }
  return chains.certain;
}

const STEP_BYTES = 8;
/** Where a step has its `name_id`, behind the time. */
const NAME_AT = 6;

/** The events that the funnel asks for, with microseconds since the start of the range. */
function readSteps({ day, steps }: StepsOfDay, indexes: Int8Array): { time: number; index: number }[] {
  const found: { time: number; index: number }[] = [];
  for (let at = 0; at < steps.length; at += STEP_BYTES) {
    const index = indexes[steps.readUInt16BE(at + NAME_AT)]!;
    if (index !== -1) found.push({ time: day * DAY_MICROSECONDS + steps.readUIntBE(at, NAME_AT), index });
  }
  return found;
}

const STEPS = `
  select user_id, day - $2::date as day, steps
  from user_days
  where user_id = any ($1::uuid[]) and day between $2::date and $3::date and facet_id = any ($4::int[])`;
