/** Sessions with an event in range: how many, how long, how many crashed. */
import type pg from 'pg';

import { type StatsQuery, soleEnvironment } from './query.ts';

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
  facetIds: number[],
): Promise<SessionFigures> {
  const range = [query.from, query.to, facetIds];
  const environment = soleEnvironment(query);
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

/** From the crashes to their sessions: there are few of them. */
const CRASHED = `
  select count(distinct session_id)::int as sessions
  from (
    select distinct session_id
    from uncaught_crashes
    where day between $1::date and $2::date and facet_id = any ($3::int[])
  ) crashed
  join session_days using (session_id)
  where day between $1::date and $2::date and facet_id = any ($3::int[])`;
