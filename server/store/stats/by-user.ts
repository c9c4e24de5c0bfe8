/** Figures of an environment that look at each active user once: who was active when, with what, from where. */
import type pg from 'pg';

import { latestCountries } from './latest-country.ts';
import type { StatsQuery } from './query.ts';

export interface ByUser {
  /** A: users active in the range; the next five are those of A who … */
  active: number;
  /** … have auto-paste on. */
  auto_paste: number;
  dictionary: number;
  retry: number;
  crashed: number;
  /** Users active in the last 1, 7 and 30 days up to `to`. */
  active_1d: number;
  active_7d: number;
  active_30d: number;
  /** Of those active in the last 7 days. */
  auto_paste_7d: number;
  widget_7d: number;
  dictionary_7d: number;
  retry_7d: number;
  /** Users of A with a country, by descending number, then by name. */
  countries: { country: string; users: number }[];
}

interface CountryGroup extends Omit<ByUser, 'countries'> {
  /** '' where no event in range has one; null where there are several. */
  country: string | null;
}

export async function readByUser(
  client: pg.ClientBase,
  query: StatsQuery,
  environment: string,
  facetIds: readonly number[],
): Promise<ByUser> {
  const { from, to } = query;
  const { rows } = await client.query<CountryGroup>(BY_COUNTRY, [from, to, facetIds, environment]);
  const total = (key: keyof Omit<ByUser, 'countries'>): number =>
    rows.reduce((sum, row) => sum + row[key], 0);
  const countries = new Map<string, number>();
  for (const { country, active } of rows) {
    if (country !== null && country !== '' && active > 0) countries.set(country, active);
  }
  if (rows.some(({ country, active }) => country === null && active > 0)) {
    const { rows: several } = await client.query<{ user_id: string }>(WITH_SEVERAL, [from, to, environment]);
    const moved = await latestCountries(
      client,
      query,
      facetIds,
      several.map((row) => row.user_id),
    );
    for (const [country, users] of moved) countries.set(country, (countries.get(country) ?? 0) + users);
  }
  return {
    active: total('active'),
    auto_paste: total('auto_paste'),
    dictionary: total('dictionary'),
    retry: total('retry'),
    crashed: total('crashed'),
    active_1d: total('active_1d'),
    active_7d: total('active_7d'),
    active_30d: total('active_30d'),
    auto_paste_7d: total('auto_paste_7d'),
    widget_7d: total('widget_7d'),
    dictionary_7d: total('dictionary_7d'),
    retry_7d: total('retry_7d'),
    countries: inOrder(countries),
  };
}

/** By descending number, then by name. */
export function inOrder(countries: ReadonlyMap<string, number>): ByUser['countries'] {
  return [...countries]
    .map(([country, users]) => ({ country, users }))
    .toSorted((a, b) => b.users - a.users || (a.country < b.country ? -1 : 1));
}

const RANGE = 'daterange($1::date, $2::date + 1)';
const WEEK = 'daterange($2::date - 6, $2::date + 1)';
const EARLIEST = 'least($1::date, $2::date - 29)';

/** The same questions to one row per user and environment. Most are answered by the user's last day alone. */
const activeSince = (start: string): string =>
  `case when latest_day <= $2::date then latest_day >= ${start} else days && daterange(${start}, $2::date + 1) end`;

const USERS = `
  select user_id, country,
    ${activeSince('$1::date')} as active,
    dictionary_days && ${RANGE} as dictionary,
    retry_days && ${RANGE} as retry,
    ${activeSince('$2::date')} as active_1d,
    ${activeSince('$2::date - 6')} as active_7d,
    ${activeSince('$2::date - 29')} as active_30d,
    widget_days && ${WEEK} as widget_7d,
    dictionary_days && ${WEEK} as dictionary_7d,
    retry_days && ${WEEK} as retry_7d,
    auto_paste_days @> $2::date as auto_paste
  from user_environments
  where environment = $4::text and first_day <= $2::date and latest_day >= ${EARLIEST}`;

/** Users counted by country: '' where they have none in range, null where there may be several. */
const BY_COUNTRY = `
  with crashed as (
    select user_id
    from uncaught_crashes
    where day between $1::date and $2::date and facet_id = any ($3::int[])
  )
  select country,
    count(*) filter (where active)::int as active,
    count(*) filter (where active and auto_paste)::int as auto_paste,
    count(*) filter (where dictionary)::int as dictionary,
    count(*) filter (where retry)::int as retry,
    count(*) filter (where active and user_id in (select user_id from crashed))::int as crashed,
    count(*) filter (where active_1d)::int as active_1d,
    count(*) filter (where active_7d)::int as active_7d,
    count(*) filter (where active_30d)::int as active_30d,
    count(*) filter (where active_7d and auto_paste)::int as auto_paste_7d,
    count(*) filter (where widget_7d)::int as widget_7d,
    count(*) filter (where dictionary_7d)::int as dictionary_7d,
    count(*) filter (where retry_7d)::int as retry_7d
  from (${USERS}) users
  group by country`;

/** Who had several countries at any time. */
const WITH_SEVERAL = `
  select user_id
  from user_environments
  where environment = $3::text and country is null and ${activeSince('$1::date')}`;
