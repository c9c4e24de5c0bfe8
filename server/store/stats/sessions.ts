/** Sessions with an event in range: how many, how long, how many crashed. */
import type pg from 'pg';

import type { StatsQuery } from './query.ts';

export interface WholeSessions {
  sessions: number;
  seconds: number;
}

export interface SessionFigures {
  sessions: number;
  /** Sum of latest − earliest event in range. */
  seconds: number;
  /** Sessions with an uncaught crash in range. */
  crashed: number;
}

/** `whole`: those of the environment that are not split, which are counted day by day. */
export async function readSessionsOfEnvironment(
  client: pg.ClientBase,
  query: StatsQuery,
  facetIds: readonly number[],
  whole: WholeSessions,
): Promise<SessionFigures> {
  const { joined, crashed } = await readSplitAndCrashed(client, query, facetIds);
  return {
    sessions: whole.sessions + joined.sessions,
    seconds: whole.seconds + joined.seconds,
    crashed,
  };
}

/** Sessions that are split: as they are, and as the parts that they are split into. */
export interface SplitSessions {
  joined: WholeSessions;
  parts: WholeSessions;
  /** Sessions with an uncaught crash in range. */
  crashed: number;
}

export async function readSplitAndCrashed(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  facetIds: readonly number[],
): Promise<SplitSessions> {
  const range = [from, to, facetIds];
  const { rows: split } = await client.query<
    Record<'sessions' | 'seconds' | 'parts' | 'part_seconds', number>
  >(SPLIT, range);
  const { rows: crashed } = await client.query<{ sessions: number }>(CRASHED, range);
  const { sessions, seconds, parts, part_seconds: partSeconds } = split[0]!;
  return {
    joined: { sessions, seconds },
    parts: { sessions: parts, seconds: partSeconds },
    crashed: crashed[0]!.sessions,
  };
}

export async function readWholeSessions(
  client: pg.ClientBase,
  { from, to }: StatsQuery,
  environment: string,
): Promise<WholeSessions> {
  const { rows } = await client.query<WholeSessions>(WHOLE, [from, to, environment]);
  return rows[0]!;
}

const WHOLE = `
  select coalesce(sum(sessions), 0)::float8 as sessions,
    extract(epoch from coalesce(sum(session_length), '0'))::float8 as seconds
  from environment_days
  where day between $1::date and $2::date and environment = $3::text`;

/** The parts in range of a session make one length. */
const SPLIT = `
  select count(*)::float8 as sessions, extract(epoch from coalesce(sum(length), '0'))::float8 as seconds,
    coalesce(sum(parts), 0)::float8 as parts, extract(epoch from coalesce(sum(part_length), '0'))::float8 as part_seconds
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
