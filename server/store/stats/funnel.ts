/** How many users pass a sequence of events. */
import type { ClientBase, Pool } from 'pg';

import { DAY_MICROSECONDS, NAME_IDS, readInParts } from './day-steps.ts';
import { matchingFacets } from './facets.ts';
import { type FunnelRule, FunnelUsers } from './funnel-users.ts';
import { type StatsQuery, addDays } from './query.ts';
import { inSnapshot } from './snapshot.ts';
import { StepReader } from './user-steps.ts';

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

export function readFunnel(pool: Pool, query: FunnelQuery, usersPerPart?: number): Promise<FunnelStep[]> {
  return inSnapshot(pool, async (client) => {
    const names = [...new Set(query.steps)];
    const rule: FunnelRule = {
      steps: query.steps.map((step) => names.indexOf(step)),
      window: query.windowDays * DAY_MICROSECONDS,
      end: (Date.parse(query.to) - Date.parse(query.from)) * 1000 + DAY_MICROSECONDS,
    };
    const { ids } = await matchingFacets(client, query);
    const asked = { from: query.from, to: addDays(query.to, query.windowDays), facetIds: ids };
    const indexes = await readNameIndexes(client, names);
    const parts = await readInParts(
      pool,
      client,
      asked,
      async (days) => {
        const users = new FunnelUsers(rule);
        const reader = new StepReader(indexes);
        for await (const { dayIndex, bytes } of days) {
          reader.read(bytes, dayIndex, (user, did) => users.advance(user, did));
        }
        return users.passed();
      },
      usersPerPart,
    );
    const passed = query.steps.map((_, step) => parts.reduce((sum, counts) => sum + counts[step]!, 0));
    const first = passed[0]!;
    return query.steps.map((event, step) => ({
      event,
      users: passed[step]!,
      rate: first === 0 ? null : passed[step]! / first,
    }));
  });
}

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
