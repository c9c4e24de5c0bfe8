/** How many users pass a sequence of events. */
import type pg from 'pg';

import { matchingFacets } from './facets.ts';
import { type FunnelRule, type UserSteps, funnelDepth } from './funnel-depth.ts';
import { type StatsQuery, addDays } from './query.ts';
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
/** So much of the answer is in memory at a time. */
const USERS_PER_FETCH = 2_000;

/**
 * The events of a user in range and window come as one string of bytes, in no order: for each row of `user_days`
 * its day and length, then its `steps`.
 */
const STEPS_OF_USERS = `
  select string_agg(int4send(day - $1::date) || int4send(length(steps)) || steps, '') as steps
  from user_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])
  group by user_id`;

export function readFunnel(pool: pg.Pool, query: FunnelQuery): Promise<FunnelStep[]> {
  return inSnapshot(pool, async (client) => {
    const names = [...new Set(query.steps)];
    const rule: FunnelRule = {
      steps: query.steps.map((step) => names.indexOf(step)),
      window: query.windowDays * DAY_MICROSECONDS,
      end: (Date.parse(query.to) - Date.parse(query.from)) * 1000 + DAY_MICROSECONDS,
    };
    const indexes = await readNameIndexes(client, names);
    const passed = query.steps.map(() => 0);
    await client.query(`declare funnel no scroll cursor for ${STEPS_OF_USERS}`, [
      query.from,
      addDays(query.to, query.windowDays),
      await matchingFacets(client, query),
    ]);
    for (;;) {
      const { rows } = await client.query<{ steps: Buffer }>(`fetch ${USERS_PER_FETCH} from funnel`);
      for (const { steps } of rows) {
        const depth = funnelDepth(unpack(steps, indexes), rule);
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

/** For each `name_id` of these events, which of them it is. */
async function readNameIndexes(client: pg.ClientBase, names: string[]): Promise<Map<number, number>> {
  const { rows } = await client.query<{ name_id: number; event: string }>(
    'select name_id, event from event_names where event = any ($1::text[])',
    [names],
  );
  return new Map(rows.map((row) => [row.name_id, names.indexOf(row.event)]));
}

/** Room for the index of a name beside a time; there are at most ten. */
const NAMES = 16;

/** Picks the events that the funnel asks for, in order of time. Times in microseconds since the range's start. */
function unpack(bytes: Buffer, indexes: ReadonlyMap<number, number>): UserSteps {
  const found: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = bytes.readInt32BE(at) * DAY_MICROSECONDS;
    const end = at + 8 + bytes.readInt32BE(at + 4);
    for (at += 8; at < end; at += 8) {
      const index = indexes.get(bytes.readUInt16BE(at + 6));
      if (index !== undefined) found.push((start + bytes.readUIntBE(at, 6)) * NAMES + index);
    }
  }
  const ordered = Float64Array.from(found).sort();
  return {
    times: Array.from(ordered, (code) => Math.floor(code / NAMES)),
    events: Array.from(ordered, (code) => code % NAMES),
  };
}
