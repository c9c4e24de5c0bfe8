/** What `/stats` is made of, whatever the filters: from a pass over the histories of all users. */
import type { ClientBase, Pool } from 'pg';

import { inOrder } from './by-user.ts';
import { readCrashes } from './crashes.ts';
import type { MatchingFacets } from './facets.ts';
import type { Gathered } from './gathered.ts';
import { eachHistory } from './histories.ts';
import { HistoryFigures, type Unclear } from './history-figures.ts';
import { latestCountries } from './latest-country.ts';
import { countFailures } from './processing.ts';
import type { StatsQuery } from './query.ts';
import { readSessions } from './sessions.ts';
import { readTogether } from './snapshot.ts';
import { readSums } from './sums.ts';

export async function gatherFiltered(
  pool: Pool,
  client: ClientBase,
  query: StatsQuery,
  { ids, look }: MatchingFacets,
): Promise<Gathered> {
  const [histories, rest] = await readTogether(pool, client, [
    async (own) => {
      const figures = new HistoryFigures(query, look);
      await eachHistory(own, ['userId', 'firsts', 'days', 'values'], (history) => figures.add(history));
      return figures;
    },
    async (own) => {
      const sums = await readSums(own, query, ids);
      return {
        sums,
        sessions: await readSessions(own, query, ids, sums.sessionParts),
        crashes: await readCrashes(own, query, ids),
        errorTypes: await readErrorTypes(own),
      };
    },
  ]);
  const { values, users, soFar, unclear } = histories;
  await addAutoPaste(client, query, ids, unclear, users);
  const failures = [...values.failures].map(([type, count]) => [rest.errorTypes.get(type)!, count] as const);
  return {
    sums: rest.sums,
    usersByDay: [...histories.days],
    usersByWeek: [...histories.weeks],
    processing: values.processing.summary(),
    failures: countFailures(new Map(failures)),
    users: {
      ...users,
      countries: inOrder(
        addUp(
          [...histories.countries]
            .filter(([country]) => country !== 0)
            .map(([country, count]) => [look.countryNames[country]!, count]),
          await latestCountries(client, query, ids, unclear.countries),
        ),
      ),
    },
    soFar: { ...soFar, median_seconds_to_first_crash: histories.medianSecondsToFirstCrash() },
    sessions: rest.sessions,
    crashes: rest.crashes,
  };
}

function addUp(...counts: Iterable<readonly [string, number]>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of counts.flatMap((each) => [...each])) {
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}

async function readErrorTypes(client: ClientBase): Promise<Map<number, string>> {
  const { rows } = await client.query<{ error_type_id: number; error_type: string }>(
    'select error_type_id, error_type from error_types',
  );
  return new Map(rows.map(({ error_type_id, error_type }) => [error_type_id, error_type]));
}

/** Counts those whose last toggle of auto-paste the histories could not tell. */
async function addAutoPaste(
  client: ClientBase,
  { to }: StatsQuery,
  facetIds: readonly number[],
  { autoPaste }: Unclear,
  users: HistoryFigures['users'],
): Promise<void> {
  if (autoPaste.length === 0) return;
  const { rows } = await client.query<{ user_id: string }>(ENABLED, [
    autoPaste.map(({ userId }) => userId),
    facetIds,
    to,
  ]);
  const enabled = new Set(rows.map((row) => row.user_id));
  for (const { userId, active, active7d } of autoPaste) {
    if (!enabled.has(userId)) continue;
    if (active) users.auto_paste += 1;
    if (active7d) users.auto_paste_7d += 1;
  }
}

/** The latest one holds. */
const ENABLED = `
  select user_id
  from (
    select distinct on (user_id) user_id, enabled
    from auto_paste_toggles
    where user_id = any ($1::uuid[]) and facet_id = any ($2::int[]) and day <= $3::date
    order by user_id, toggled_at desc, event_id desc
  ) latest
  where enabled`;
