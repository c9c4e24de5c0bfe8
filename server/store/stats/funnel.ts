/** How many users pass a sequence of events. */
import type { ClientBase, Pool } from 'pg';

import { matchingFacets } from './facets.ts';
import { readExactly } from './funnel-exact.ts';
import { FunnelHistories } from './funnel-histories.ts';
import { eachHistory } from './histories.ts';
import type { StatsQuery } from './query.ts';
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

export function readFunnel(pool: Pool, query: FunnelQuery): Promise<FunnelStep[]> {
  return inSnapshot(pool, async (client) => {
    const names = [...new Set(query.steps)];
    const { look } = await matchingFacets(client, query);
    const rule = {
      ...query,
      steps: query.steps.map((step) => names.indexOf(step)),
      indexes: await readNameIndexes(client, names),
      matches: look.matches,
    };
    const funnel = new FunnelHistories(rule);
    await eachHistory(client, ['userId', 'days'], (history) => funnel.add(history), query.from);
    const others = await readExactly(client, query, funnel.unclear);
    const passed = others.map((users, step) => users + funnel.passed[step]!);
    const first = passed[0]!;
    return query.steps.map((event, step) => ({
      event,
      users: passed[step]!,
      rate: first === 0 ? null : passed[step]! / first,
    }));
  });
}

/** So many different `name_id`s fit into a step of `user_days`. */
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
