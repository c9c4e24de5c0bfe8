/** Figures that look at each active user once: who was active when, with what, from where. */
import type pg from 'pg';

import { type StatsQuery, addDays } from './query.ts';

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
  facetIds: number[],
): Promise<ByUser> {
  const { from, to } = query;
  const range = [from, to, facetIds];
  const { rows } = await client.query<CountryGroup>(BY_COUNTRY, range);
  const total = (key: keyof Omit<ByUser, 'countries'>): number =>
    rows.reduce((sum, row) => sum + row[key], 0);
  const countries = new Map<string, number>();
  for (const { country, active } of rows)
    if (country !== null && country !== '') countries.set(country, active);
  if (rows.some(({ country, active }) => country === null && active > 0)) {
    const moved = await client.query<{ country: string; users: number }>(LATEST_OF_SEVERAL, [
      ...range,
      `${from}T00:00:00Z`,
      `${addDays(to, 1)}T00:00:00Z`,
    ]);
    for (const { country, users } of moved.rows)
      countries.set(country, (countries.get(country) ?? 0) + users);
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
    countries: [...countries]
      .map(([country, users]) => ({ country, users }))
      .sort((a, b) => b.users - a.users || (a.country < b.country ? -1 : 1)),
  };
}

/**
 * One row per user, then counted by country. Nearly every user has one country, which then is that of the
 * latest event that has one.
 */
const BY_COUNTRY = `
  with users as (
    select user_id,
      max(day) as last_day,
      coalesce(bool_or(dictionary_events > 0 and day >= $1::date), false) as dictionary,
      coalesce(bool_or(retries > 0 and day >= $1::date), false) as retry,
      bool_or(widget and day > $2::date - 7) as widget_7d,
      coalesce(bool_or(dictionary_events > 0 and day > $2::date - 7), false) as dictionary_7d,
      coalesce(bool_or(retries > 0 and day > $2::date - 7), false) as retry_7d,
      min(nullif(country, '')) filter (where day >= $1::date) as first_country,
      max(nullif(country, '')) filter (where day >= $1::date) as last_country
    from user_days
    join facets using (facet_id)
    where day between least($1::date, $2::date - 29) and $2::date and facet_id = any ($3::int[])
    group by user_id
  ),
  toggles as (
    select distinct on (user_id) user_id, enabled
    from auto_paste_toggles
    where day <= $2::date and facet_id = any ($3::int[])
    order by user_id desc, toggled_at desc, event_id desc
  ),
  crashed as (
    select distinct user_id, true as crashed
    from uncaught_crashes
    where day between $1::date and $2::date and facet_id = any ($3::int[])
  )
  select
    case when first_country is null then '' when first_country = last_country then first_country end as country,
    count(*) filter (where last_day >= $1::date)::int as active,
    count(*) filter (where last_day >= $1::date and enabled)::int as auto_paste,
    count(*) filter (where dictionary)::int as dictionary,
    count(*) filter (where retry)::int as retry,
    count(*) filter (where last_day >= $1::date and crashed)::int as crashed,
    count(*) filter (where last_day = $2::date)::int as active_1d,
    count(*) filter (where last_day > $2::date - 7)::int as active_7d,
    count(*) filter (where last_day > $2::date - 30)::int as active_30d,
    count(*) filter (where last_day > $2::date - 7 and enabled)::int as auto_paste_7d,
    count(*) filter (where widget_7d)::int as widget_7d,
    count(*) filter (where dictionary_7d)::int as dictionary_7d,
    count(*) filter (where retry_7d)::int as retry_7d
  from users
  left join toggles using (user_id)
  left join crashed using (user_id)
  group by 1`;

/** Who had several countries in range counts for that of the latest event, which only the events themselves tell. */
const LATEST_OF_SEVERAL = `
  with travellers as (
    select user_id
    from user_days
    join facets using (facet_id)
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and country <> ''
    group by user_id
    having min(country) <> max(country)
  ),
  latest as (
    select distinct on (e.user_id) e.user_id, e.country
    from travellers
    join events e on e.user_id = travellers.user_id
      and e.timestamp >= $4::timestamptz and e.timestamp < $5::timestamptz
    join facets on facets.app_version = e.app_version and facets.platform = e.platform
      and facets.country = e.country and facets.environment = e.environment
    where facets.facet_id = any ($3::int[])
    order by e.user_id, e.timestamp desc, e.event_id desc
  )
  select country, count(*)::int as users from latest group by country`;
