/**
 * What filters leave of each user. Statements about all users so far define it as `matching`, so that their questions
 * share one pass over `user_facets`; where an environment as a whole answers, they never read it.
 */
import { type MatchingFacets, touchedUser } from './facets.ts';
import type { Day } from './query.ts';

/**
 * Parameters of these statements: $1 the last day, $2 the facets. $3 is the environment, where it answers for all or
 * most users, and $4 the users who are touched by what is left out of it.
 */
export function userParameters(to: Day, { ids, environment, most }: MatchingFacets): unknown[] {
  if (environment !== null) return [to, ids, environment];
  if (most !== null) return [to, ids, most.environment, most.touched];
  return [to, ids];
}

export const IS_TOUCHED = touchedUser('$4');

/**
 * The users that the environment does not answer for, those without any matching record left out. Columns that a
 * statement does not ask for cost nothing where it reads this once. $1 is named as not every statement does.
 */
export function matchingUsers({ most }: MatchingFacets): string {
  return `
  select user_id, min(first_at) as first_at, min(first_day) as first_day,
    bool_or(days && daterange(came_on + 7, came_on + 14)) as retained_7d,
    bool_or(days && daterange(came_on + 30, came_on + 60)) as retained_30d,
    sum(cost_usd) as cost_usd
  from (
    select user_id, first_at, first_day, days, cost_usd, min(first_day) over (partition by user_id) as came_on
    from user_facets
    where facet_id = any ($2::int[]) and ${most === null ? 'true' : IS_TOUCHED} and $1::date is not null
  ) facets_of_users
  group by user_id`;
}
