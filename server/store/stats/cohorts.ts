/** Users by the week of their first day, and how many of each cohort were active in the weeks after. */
import type pg from 'pg';

import { matchingFacets } from './facets.ts';
import { type Day, type StatsQuery, addDays, mondayOf, weeksTouching } from './query.ts';
import { inSnapshot } from './snapshot.ts';
import { firstsSource } from './so-far.ts';

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
    const { source, values } = firstsSource(facets, 4);
    const { rows } = await client.query<{ cohort: Day; week: Day; users: number }>(activity(source), [
      weeks[0],
      query.to,
      facets.ids,
      ...values,
    ]);
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
function activity(users: string): string {
  return `
  with members as (
    select user_id, date_trunc('week', first_day::timestamp)::date as cohort
    from (${users}) users
    where first_day between $1::date and $2::date
  ),
  active as (
    select user_id, date_trunc('week', day::timestamp)::date as week
    from user_days
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and week_first
    union all
    select distinct user_id, date_trunc('week', day::timestamp)::date
    from user_days
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and week_mixed
  )
  select cohort::text, week::text, count(*)::int as users
  from members
  join active using (user_id)
  group by cohort, week`;
}
