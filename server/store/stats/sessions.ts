/** Sessions with an event in range: how many, how long, how many crashed. */
import type pg from 'pg';

import type { MatchingFacets } from './facets.ts';
import type { StatsQuery } from './query.ts';

export interface SessionFigures {
  sessions: number;
  /** Sum of latest − earliest event in range. */
  seconds: number;
  /** Sessions with an uncaught crash in range. */
  crashed: number;
}

export async function readSessions(
  client: pg.ClientBase,
  query: StatsQuery,
  { ids, environment }: MatchingFacets,
): Promise<SessionFigures> {
  const range = [query.from, query.to, ids];
  const { rows } =
    environment === null
      ? await client.query<{ sessions: number; seconds: number }>(lengths(WHOLE), range)
      : await client.query<{ sessions: number; seconds: number }>(lengths(WHOLE_OF_ENVIRONMENT), [
          ...range,
          environment,
        ]);
  const crashed = await client.query<{ sessions: number }>(CRASHED, range);
  return { ...rows[0]!, crashed: crashed.rows[0]!.sessions };
}

const WHOLE = `
  select count(*) as sessions, sum(last_at - first_at) as length
  from session_days
  where day between $1::date and $2::date and facet_id = any ($3::int[]) and not split`;

const WHOLE_OF_ENVIRONMENT = `
  select coalesce(sum(sessions), 0) as sessions, sum(session_length) as length
  from environment_days
  where day between $1::date and $2::date and environment = $4::text`;

/** The parts in range of sessions that are split make one length. */
const lengths = (whole: string): string => `
  with split as (
    select count(*) as sessions, sum(length) as length
    from (
      select max(last_at) - min(first_at) as length
      from session_days
      where day between $1::date and $2::date and facet_id = any ($3::int[]) and split
      group by session_id
    ) joined
  )
  select (whole.sessions + split.sessions)::float8 as sessions,
    extract(epoch from coalesce(whole.length, '0') + coalesce(split.length, '0'))::float8 as seconds
  from (${whole}) whole, split`;

/** A crash whose session has events on the same day counts without a look at its session; few others are left. */
const CRASHED = `
  with crashed as (
    select session_id, bool_or(in_session) as in_session
    from uncaught_crashes
    where day between $1::date and $2::date and facet_id = any ($3::int[])
    group by session_id
  )
  select (
    (select count(*) from crashed where in_session)
    + (
      select count(distinct session_id)
      from crashed
      join session_days using (session_id)
      where not in_session and day between $1::date and $2::date and facet_id = any ($3::int[])
    )
  )::int as sessions`;
