/** How many users pass a sequence of events. */
import { type ClientBase, type Pool, escapeLiteral } from 'pg';

import { copyRows } from '../binary-copy.ts';
import { matchingFacets } from './facets.ts';
import { type FunnelRule, FunnelUsers } from './funnel-users.ts';
import { type Day, type StatsQuery, addDays } from './query.ts';
import { inSnapshot } from './snapshot.ts';
import { DAY_MICROSECONDS, StepReader } from './user-steps.ts';

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

/** Users whose state is in memory at a time; of more, a part is looked at after the other. */
const USERS_PER_PART = 250_000;

export function readFunnel(
  pool: Pool,
  query: FunnelQuery,
  usersPerPart = USERS_PER_PART,
): Promise<FunnelStep[]> {
  return inSnapshot(pool, async (client) => {
    const names = [...new Set(query.steps)];
    const rule: FunnelRule = {
      steps: query.steps.map((step) => names.indexOf(step)),
      window: query.windowDays * DAY_MICROSECONDS,
      end: (Date.parse(query.to) - Date.parse(query.from)) * 1000 + DAY_MICROSECONDS,
    };
    const reader = new StepReader(await readNameIndexes(client, names));
    const facets = await matchingFacets(client, query);
    const last = addDays(query.to, query.windowDays);
    const parts = Math.max(1, Math.ceil((await countUsers(client)) / usersPerPart));
    const passed = query.steps.map(() => 0);
    await client.query(IN_ORDER);
    for (let part = 0; part < parts; part += 1) {
      const users = new FunnelUsers(rule);
      const rows = copyRows(client, stepsOfDays(query.from, last, facets.ids, { part, parts }));
      for await (const [day, steps] of rows) {
        reader.read(steps!, day!.readInt32BE(), (userId, did) => users.advance(userId, did));
      }
      users.passed().forEach((count, step) => (passed[step]! += count));
    }
    const first = passed[0]!;
    return query.steps.map((event, step) => ({
      event,
      users: passed[step]!,
      rate: first === 0 ? null : passed[step]! / first,
    }));
  });
}

/** The index has the rows in the order of the answer; the planner would rather sort them all. */
const IN_ORDER = 'set local enable_sort = off; set local enable_hashagg = off';

/**
 * What users did, day after day (from 0), one user after the other: the id, then length and bytes of `steps`.
 * Parts of users are made by a byte of their ids. `+ 0` keeps the facets out of the index: searching it for each of
 * thousands takes longer than reading the days.
 */
function stepsOfDays(
  from: Day,
  to: Day,
  facetIds: readonly number[],
  { part, parts }: { part: number; parts: number },
): string {
  return `
    select day - date ${escapeLiteral(from)},
      string_agg(uuid_send(user_id) || int4send(length(steps)) || steps, '' order by user_id)
    from user_days
    where day between ${escapeLiteral(from)} and ${escapeLiteral(to)} and facet_id + 0 = any ('{${facetIds.join(',')}}'::int[])
      ${parts === 1 ? '' : `and get_byte(uuid_send(user_id), 0) % ${parts} = ${part}`}
    group by day
    order by day`;
}

async function countUsers(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ users: number }>(
    'select coalesce(sum(users), 0)::float8 as users from environment_newcomers',
  );
  return rows[0]!.users;
}

const NAME_IDS = 65_536;

/** Which of the funnel's events each `name_id` is, from 0; -1: none of them. */
async function readNameIndexes(client: ClientBase, names: string[]): Promise<Int8Array> {
  const { rows } = await client.query<{ name_id: number; event: string }>(
    'select name_id, event from event_names where event = any ($1::text[])',
    [names],
  );
  const indexes = new Int8Array(NAME_IDS).fill(-1);
  for (const row of rows) indexes[row.name_id] = names.indexOf(row.event);
  return indexes;
}
