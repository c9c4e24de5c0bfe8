/** Sessions with an event in range: how many, how long, how many crashed. */
import type pg from 'pg';

import type { StatsQuery } from './query.ts';
import type { SessionParts } from './sums.ts';

export interface SessionFigures {
  sessions: number;
  /** Sum of latest − earliest event in range. */
  seconds: number;
  /** Sessions with an uncaught crash in range. */
  crashed: number;
}

/** `parts`: of all sessions of the range and the filters. */
export async function readSessions(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: readonly number[],
  parts: SessionParts,
): Promise<SessionFigures> {
  const range = [from, to, facetIds];
  const { rows } = await client.query<Omit<SessionFigures, 'crashed'>>(JOINED, [
    ...range,
    parts.sessions,
    parts.seconds,
  ]);
  const { rows: crashed } = await client.query<{ sessions: number }>(CRASHED, range);
  return { ...rows[0]!, crashed: crashed[0]!.sessions };
}

/** Each split session once instead of once for each of its parts in range, which make one length. */
const JOINED = `
  select ($4::numeric + coalesce(sum(1 - parts), 0))::float8 as sessions,
    ($5::numeric + coalesce(extract(epoch from sum(length - part_length)), 0))::float8 as seconds
  from (
    select max(last_at) - min(first_at) as length, count(*) as parts, sum(last_at - first_at) as part_length
    from session_days
    where day between $1::date and $2::date and facet_id = any ($3::int[]) and split
    group by session_id
  ) joined`;

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
