/** What `/stats` is made of, for an environment as a whole: from what the aggregator keeps added up. */
import type { ClientBase, Pool } from 'pg';

import { readUsersByDay, readWeeks } from './by-day.ts';
import { readByUser } from './by-user.ts';
import { readCrashes } from './crashes.ts';
import type { Gathered } from './gathered.ts';
import { readFailures, readProcessingTimes } from './processing.ts';
import type { StatsQuery } from './query.ts';
import { readSessions } from './sessions.ts';
import { readTogether } from './snapshot.ts';
import { readSoFar } from './so-far.ts';
import { readSums } from './sums.ts';

export async function gatherOfEnvironment(
  pool: Pool,
  client: ClientBase,
  query: StatsQuery,
  environment: string,
  facetIds: readonly number[],
): Promise<Gathered> {
  const range = [query.from, query.to, environment];
  const [users, byDay, sums, crashes, soFar] = await readTogether(pool, client, [
    (own) => readByUser(own, query, environment, facetIds),
    async (own) => ({
      users: await readUsersByDay(own, query, environment),
      weeks: await readWeeks(own, query, environment, facetIds),
      processing: await readProcessingTimes(own, range),
      failures: await readFailures(own, range),
    }),
    async (own) => {
      const added = await readSums(own, query, facetIds);
      return { added, sessions: await readSessions(own, query, facetIds, added.sessionParts) };
    },
    (own) => readCrashes(own, query, facetIds),
    (own) => readSoFar(own, query.to, environment),
  ]);
  return {
    sums: sums.added,
    usersByDay: byDay.users,
    usersByWeek: byDay.weeks,
    processing: byDay.processing,
    failures: byDay.failures,
    users,
    soFar,
    sessions: sums.sessions,
    crashes,
  };
}
