/** Users by the week of their first day, and how many of each cohort were active in the weeks after. */
import type pg from 'pg';

import { type MatchingFacets, matchingFacets } from './facets.ts';
import { matchingUsers, userParameters } from './matching-users.ts';
import { type Day, type StatsQuery, addDays, mondayOf, weeksTouching } from './query.ts';
import { inSnapshot } from './snapshot.ts';
import { firsts } from './so-far.ts';

export interface Cohort {
  week_start: Day;
  users: number;
  /** Users active in week 0, 1, 2 … up to the week of `to`. */
  active: number[];
}

export function readCohorts(pool: pg.Pool, query: StatsQuery): Promise<Cohort[]> {
  return inSnapshot(pool, async (client) => {
    const facets = await matchingFacets(client, query);
    const weeks = weeksTouching(query);
    const parameters = userParameters(query.to, facets);
    const { rows } = await client.query<{ cohort: Day; week: Day; users: number }>(
      activity(facets, `$${parameters.length + 1}`),
      [...parameters, weeks[0]],
    );
    const users = new Map(rows.map((row) => [`${row.cohort} ${row.week}`, row.users]));
    return weeks.map((cohort) => {
      const active: number[] = [];
      for (let week = cohort; week <= mondayOf(query.to); week = addDays(week, 7)) {
        active.push(users.get(`${cohort} ${week}`) ?? 0);
      }
      return { week_start: cohort, users: active[0]!, active };
    });
  });
}

/**
 * Rows of a user's week that is not mixed are counted by their first, which also holds for a week that `to`
 * cuts; users of mixed weeks are counted one by one.
 */
function activity(facets: MatchingFacets, from: string): string {
  return `
  with matching as (${matchingUsers(facets)}),
  members as (
    select user_id, date_trunc('week', first_day::timestamp)::date as cohort
    from (${firsts(facets)}) users
    where first_day between ${from}::date and $1::date
  ),
  active as (
    select user_id, date_trunc('week', day::timestamp)::date as week
    from user_days
    where day between ${from}::date and $1::date and facet_id = any ($2::int[]) and week_first
    union all
    select distinct user_id, date_trunc('week', day::timestamp)::date
    from user_days
    where day between ${from}::date and $1::date and facet_id = any ($2::int[]) and week_mixed
  )
  select cohort::text, week::text, count(*)::int as users
  from members
  join active using (user_id)
  group by cohort, week`;
}
