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

/** Which of the funnel's events each `name_id` is, from 0; -1: none of them. */
async function readNameIndexes(client: pg.ClientBase, names: string[]): Promise<Int8Array> {
  const { rows } = await client.query<{ name_id: number; event: string }>(
    'select name_id, event from event_names where event = any ($1::text[])',
    [names],
  );
  const indexes = new Int8Array(NAME_IDS).fill(-1);
  for (const row of rows) indexes[row.name_id] = names.indexOf(row.event);
  return indexes;
}

const NAME_IDS = 65_536;
/** Room for the index of a name beside a time; there are at most ten. */
const NAMES = 16;

/** Picks the events that the funnel asks for, in order of time. Times in microseconds since the range's start. */
function unpack(bytes: Buffer, indexes: Int8Array): UserSteps {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const codes = new Float64Array(bytes.length / 8);
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    const start = view.getInt32(at) * DAY_MICROSECONDS;
    const end = at + 8 + view.getInt32(at + 4);
    for (at += 8; at < end; at += 8) {
      const index = indexes[view.getUint16(at + 6)]!;
      if (index === -1) continue;
      codes[count] = (start + view.getUint32(at) * 65_536 + view.getUint16(at + 4)) * NAMES + index;
      count += 1;
    }
  }
  const ordered = codes.subarray(0, count).sort();
  return {
    times: ordered.map((code) => Math.floor(code / NAMES)),
    events: ordered.map((code) => code % NAMES),
  };
}
