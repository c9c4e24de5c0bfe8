/** How long it took until users had their first uncaught crash. */
import type { MatchingFacets } from './facets.ts';
import { IS_TOUCHED } from './matching-users.ts';

/** One row: the median over all users so far, as `median_seconds_to_first_crash`. Reads `matching`. */
export function firstCrash(facets: MatchingFacets): string {
  return `
  select percentile_cont(0.5) within group (order by extract(epoch from first_crash_at - first_at)::float8)
    as median_seconds_to_first_crash
  from (${firstCrashes(facets)}) crashed
  where first_day <= $1::date and first_crash_at >= first_at`;
}

function firstCrashes({ environment, most }: MatchingFacets): string {
  if (environment !== null) return OF_ENVIRONMENT;
  return most === null ? OF_MATCHING : `${OF_ENVIRONMENT} and not (${IS_TOUCHED}) union all ${OF_MATCHING}`;
}

const OF_ENVIRONMENT = `
  select first_day, first_at, first_crash_at
  from user_environments
  where environment = $3::text and first_crash_at < ($1::date + 1)::timestamp at time zone 'UTC'`;

const OF_MATCHING = `
  select first_day, first_at, first_crash_at
  from matching
  join (
    select user_id, min(crashed_at) as first_crash_at
    from uncaught_crashes
    where day <= $1::date and facet_id = any ($2::int[])
    group by user_id
  ) crashed using (user_id)`;
