/** What `/stats` is made of, for an environment as a whole: from what the aggregator keeps added up. */
import type { ClientBase, Pool } from 'pg';

import { readDays, readWeeks } from './by-day.ts';
import { readByUser } from './by-user.ts';
import { readCrashes } from './crashes.ts';
import type { Gathered } from './gathered.ts';
import { readFailures, readProcessingTimes } from './processing.ts';
import { type StatsQuery, addDays } from './query.ts';
import { readSessionsOfEnvironment, readWholeSessions } from './sessions.ts';
import { readTogether } from './snapshot.ts';
import { readSoFar } from './so-far.ts';
import { sumUp } from './sums.ts';

export async function gatherOfEnvironment(
  pool: Pool,
  client: ClientBase,
  query: StatsQuery,
  environment: string,
  facetIds: readonly number[],
): Promise<Gathered> {
  const { from, to } = query;
  const [week, month] = [addDays(to, -6), addDays(to, -29)];
  const first = from < month ? from : month;
  const range = [from, to, environment];
  const [soFar, byDay, users, sessions, crashes] = await readTogether(pool, client, [
    (own) => readSoFar(own, to, environment),
    async (own) => ({
      days: await readDays(own, first, to, environment),
      weeks: await readWeeks(own, query, environment, facetIds),
      processing: await readProcessingTimes(own, range),
      failures: await readFailures(own, range),
    }),
    (own) => readByUser(own, query, environment, facetIds),
    async (own) => {
      const whole = await readWholeSessions(own, query, environment);
      return readSessionsOfEnvironment(own, query, facetIds, whole);
    },
    (own) => readCrashes(own, query, facetIds),
  ]);
  const { days, weeks, processing, failures } = byDay;
  return {
    sums: { range: sumUp(days, from), week: sumUp(days, week), month: sumUp(days, month) },
    usersByDay: days.filter(({ day }) => day >= from).map((figures) => figures.users),
    usersByWeek: weeks,
    processing,
    failures,
    users,
    soFar,
    sessions,
    crashes,
  };
}
