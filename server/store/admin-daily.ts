/** The days behind the figures: what the dashboard draws over time. */
import type pg from 'pg';

import { AmountSums } from './histories/amounts.ts';
import { ACTIVE, dayNumber } from './histories/format.ts';
import type { ValueListener } from './histories/readers.ts';
import { readDays } from './stats/by-day.ts';
import { type MatchingFacets, matchingFacets } from './stats/facets.ts';
import { eachHistoryWithAmounts, firstDayOf } from './stats/histories.ts';
import { type Day, type StatsQuery, daysBetween } from './stats/query.ts';
import { inSnapshot } from './stats/snapshot.ts';

/** One day, its figures alone. */
export interface DailyFigures {
  date: Day;
  active_users: number;
  new_users: number;
  recordings: number;
  /** `transcription_completed` and `transcription_failed`. */
  completed: number;
  failed: number;
  cost_usd: number;
  crashes: number;
  /** Active users of the day with a crash in it. */
  crashed_users: number;
}

export function readDaily(pool: pg.Pool, query: StatsQuery): Promise<{ days: DailyFigures[] }> {
  return inSnapshot(pool, async (client) => {
    const facets = await matchingFacets(client, query);
    const days = await readUsage(client, query, facets);
    const crashes = await readCrashDays(client, query, facets.ids);
    return {
      days: days.map((day) => ({
        ...day,
        crashes: crashes.get(day.date)?.crashes ?? 0,
        crashed_users: crashes.get(day.date)?.crashed_users ?? 0,
      })),
    };
  });
}

type Usage = Omit<DailyFigures, 'crashes' | 'crashed_users'>;

function readUsage(client: pg.ClientBase, query: StatsQuery, facets: MatchingFacets): Promise<Usage[]> {
  const { environment } = facets;
  return environment === null
    ? readFiltered(client, query, facets)
    : readOfEnvironment(client, query, environment);
}

async function readOfEnvironment(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  environment: string,
): Promise<Usage[]> {
  const { rows } = await client.query<{ day: Day; users: number }>(NEWCOMERS, [from, to, environment]);
  const newUsers = new Map(rows.map(({ day, users }) => [day, users]));
  return (await readDays(client, from, to, environment)).map((figures) => ({
    date: figures.day,
    active_users: figures.users,
    new_users: newUsers.get(figures.day) ?? 0,
    recordings: figures.recordings,
    completed: figures.transcriptions,
    failed: figures.failures,
    cost_usd: figures.cost_usd,
  }));
}

async function readFiltered(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  { look }: MatchingFacets,
): Promise<Usage[]> {
  const [first, last] = [dayNumber(from), dayNumber(to)];
  const days = daysBetween(from, to).map((date) => ({
    date,
    active_users: 0,
    new_users: 0,
    sums: new AmountSums(),
    failed: 0,
  }));
  let figures = days[0]!;
  const failures: ValueListener = {
    addMilliseconds: () => {},
    addSeconds: () => {},
    addFailure: () => {
      figures.failed += 1;
    },
  };
  await eachHistoryWithAmounts(client, (history) => {
    const firstDay = firstDayOf(history, look.matches);
    if (firstDay >= first && firstDay <= last) days[firstDay - first]!.new_users += 1;
    let latest = -1;
    const { days: reader, amounts } = history;
    while (reader.next() && amounts.next() && reader.day <= last) {
      const { day, facetId, flags } = reader;
      if (day < first || look.matches[facetId] === 0 || (flags & ACTIVE) === 0) continue;
      figures = days[day - first]!;
      if (day !== latest) figures.active_users += 1;
      latest = day;
      amounts.addTo(figures.sums);
      amounts.eachValue(failures);
    }
  });
  return days.map(({ sums, ...others }) => ({
    ...others,
    recordings: sums.of('recordings'),
    completed: sums.of('transcriptions'),
    cost_usd: sums.of('cost_usd'),
  }));
}

const NEWCOMERS = `
  select first_day::text as day, users::float8
  from environment_newcomers
  where first_day between $1::date and $2::date and environment = $3::text`;

interface CrashDay {
  day: Day;
  crashes: number;
  crashed_users: number;
}

async function readCrashDays(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: number[],
): Promise<Map<Day, CrashDay>> {
  // `+ 0` keeps the thousands of facets out of the search for each user-day: one of its few rows will do.
  const { rows } = await client.query<CrashDay>(
    `select day::text, sum(crashes)::int as crashes, count(active)::int as crashed_users
     from (
       select day, user_id, count(*) as crashes
       from uncaught_crashes
       where day between $1::date and $2::date and facet_id = any ($3::int[])
       group by day, user_id
     ) crashed
     left join lateral (
       select true as active
       from user_days
       where user_days.user_id = crashed.user_id and user_days.day = crashed.day and facet_id + 0 = any ($3::int[])
       limit 1
     ) active on true
     group by day`,
    [from, to, facetIds],
  );
  return new Map(rows.map((row) => [row.day, row]));
}
