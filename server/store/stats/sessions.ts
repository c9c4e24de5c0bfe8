/** Sessions with an event in range: how many, how long, how many crashed. */
import type pg from 'pg';

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
  { from, to }: StatsQuery,
  facetIds: number[],
): Promise<SessionFigures> {
  const range = [from, to, facetIds];
  const lengths = await client.query<{ sessions: number; seconds: number }>(LENGTHS, range);
  const crashed = await client.query<{ sessions: number }>(CRASHED, range);
  return { ...lengths.rows[0]!, crashed: crashed.rows[0]!.sessions };
}

const LENGTHS = `
  with whole as (
    select count(*) as sessions, sum(last_at - first_at) as length
    from session_days
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and not split
  ),
  split as (
    select count(*) as sessions, sum(length) as length
    from (
      select max(last_at) - min(first_at) as length
      from session_days
      where day between $1::date and $2::date and facet_id = any ($3::int[]) and split
      group by session_id
    ) joined
  )
  select (whole.sessions + split.sessions)::int as sessions,
    (extract(epoch from coalesce(whole.length, interval '0'))
      + extract(epoch from coalesce(split.length, interval '0')))::float8 as seconds
  from whole, split`;

const CRASHED = `
  select count(distinct session_id)::int as sessions
  from session_days
  where day between $1::date and $2::date and facet_id = any ($3::int[])
    and session_id in (
      select session_id
      from uncaught_crashes
      where day between $1::date and $2::date and facet_id = any ($3::int[])
    )`;
