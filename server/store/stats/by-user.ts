/** Figures that look at each active user once: who was active when, with what, from where. */
import type pg from 'pg';

import { type MatchingFacets, touchedUser } from './facets.ts';
import { type StatsQuery, addDays } from './query.ts';
import { startOf } from './raw-rows.ts';

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
  { from, to }: StatsQuery,
  facets: MatchingFacets,
): Promise<ByUser> {
  const { users, isOfEnvironment, values } = sourceOf(facets);
  const parameters = [from, to, facets.ids, ...values];
  const { rows } = await client.query<CountryGroup>(byCountry(users), parameters);
  const total = (key: keyof Omit<ByUser, 'countries'>): number =>
    rows.reduce((sum, row) => sum + row[key], 0);
  const countries = new Map<string, number>();
  for (const { country, active } of rows) {
    if (country !== null && country !== '' && active > 0) countries.set(country, active);
  }
  if (rows.some(({ country, active }) => country === null && active > 0)) {
    const { rows: moved } = await client.query<{ country: string; users: number }>(
      latestOfSeveral(isOfEnvironment, parameters.length),
      [...parameters, startOf(from), startOf(addDays(to, 1))],
    );
    for (const { country, users } of moved) countries.set(country, (countries.get(country) ?? 0) + users);
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
      .toSorted((a, b) => b.users - a.users || (a.country < b.country ? -1 : 1)),
  };
}

const RANGE = 'daterange($1::date, $2::date + 1)';
const WEEK = 'daterange($2::date - 6, $2::date + 1)';
const MONTH = 'daterange($2::date - 29, $2::date + 1)';
const EARLIEST = 'least($1::date, $2::date - 29)';

/** The same questions to one row per user and environment. Most are answered by the user's last day alone. */
const activeSince = (start: string): string =>
  `case when latest_day <= $2::date then latest_day >= ${start} else days && daterange(${start}, $2::date + 1) end`;

const usersOfEnvironment = (whose: string): string => `
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
  where environment = $4::text and first_day <= $2::date and latest_day >= ${EARLIEST} and ${whose}`;

/** And to one row per user and facet. Where a user's facets in range have one country, the latest event has it. */
const usersOfFacets = (whose: string): string => `
  select user_id, country, active, dictionary, retry, active_1d, active_7d, active_30d, widget_7d, dictionary_7d,
    retry_7d, enabled as auto_paste
  from (
    select user_id,
      case
        when min(country) filter (where country <> '' and days && ${RANGE}) is null then ''
        when min(country) filter (where country <> '' and days && ${RANGE})
          = max(country) filter (where country <> '' and days && ${RANGE}) then max(country) filter (where days && ${RANGE})
      end as country,
      bool_or(days && ${RANGE}) as active,
      bool_or(dictionary_days && ${RANGE}) as dictionary,
      bool_or(retry_days && ${RANGE}) as retry,
      bool_or(days @> $2::date) as active_1d,
      bool_or(days && ${WEEK}) as active_7d,
      bool_or(days && ${MONTH}) as active_30d,
      bool_or(widget_days && ${WEEK}) as widget_7d,
      bool_or(dictionary_days && ${WEEK}) as dictionary_7d,
      bool_or(retry_days && ${WEEK}) as retry_7d
    from user_facets
    join facets using (facet_id)
    where facet_id = any ($3::int[]) and days && daterange(${EARLIEST}, $2::date + 1) and ${whose}
    group by user_id
  ) matching
  left join lateral (
    select enabled
    from auto_paste_toggles
    where user_id = matching.user_id and day <= $2::date and facet_id = any ($3::int[])
    order by toggled_at desc, event_id desc
    limit 1
  ) toggles on true`;

interface UserSource {
  /** A select of users with the answers to the questions. */
  users: string;
  /** Condition on `user_id`: the environment as a whole answers for the user. Names all parameters, as it must. */
  isOfEnvironment: string;
  /** Parameters from the fourth on. */
  values: unknown[];
}

function sourceOf({ environment, most }: MatchingFacets): UserSource {
  if (environment !== null) {
    return {
      users: usersOfEnvironment('true'),
      isOfEnvironment: '$4::text is not null',
      values: [environment],
    };
  }
  if (most === null) return { users: usersOfFacets('true'), isOfEnvironment: 'false', values: [] };
  const isTouched = touchedUser('$5');
  return {
    users: `${usersOfEnvironment(`not (${isTouched})`)} union all ${usersOfFacets(isTouched)}`,
    isOfEnvironment: `$4::text is not null and not (${isTouched})`,
    values: [most.environment, most.touched],
  };
}

/** Users counted by country: '' where they have none in range, null where there may be several. */
const byCountry = (users: string): string => `
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
  from (${users}) users
  group by country`;

/**
 * Who had several countries counts for that of the latest event in range, which only the events themselves tell. These
 * are the users whose country the source could not tell: of the environment, for several countries at any time.
 */
const latestOfSeveral = (isOfEnvironment: string, parameters: number): string => `
  with travellers as (
    select user_id
    from user_facets
    join facets using (facet_id)
    where facet_id = any ($3::int[])
    group by user_id
    having bool_or(days && ${RANGE}) and case
      when ${isOfEnvironment} then min(country) <> max(country)
      else min(nullif(country, '')) filter (where days && ${RANGE}) <> max(country) filter (where days && ${RANGE})
    end
  )
  select country, count(*)::int as users
  from travellers
  cross join lateral (
    select e.country
    from events e
    join facets on facets.app_version = e.app_version and facets.platform = e.platform
      and facets.country = e.country and facets.environment = e.environment
    where e.user_id = travellers.user_id and e.timestamp >= $${parameters + 1}::timestamptz
      and e.timestamp < $${parameters + 2}::timestamptz and facets.facet_id = any ($3::int[])
    order by e.timestamp desc, e.event_id desc
    limit 1
  ) latest
  group by country`;
