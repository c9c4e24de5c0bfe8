/** Parts of sessions (table `session_days`): a session may span days, facets, even users. */
import type pg from 'pg';

import type { UserDays } from './marks.ts';
import { TAKEN_EVENTS } from './taken.ts';

/** Sessions of a user on one day with one facet, whether they go on elsewhere or not. */
export interface SessionsOfDay {
  user_id: string;
  day: string;
  facet_id: number;
  sessions: number;
  /** From the first to the last event of each. */
  seconds: number;
}

/** Takes out the sessions of user-days that are computed anew, and remembers them for `splitSessions`. */
export async function removeSessions(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  await client.query(REMEMBER_REMOVED, [userIds, days]);
  await client.query(REMOVE, [userIds, days]);
}

/** Adds those of the events that were read. */
export async function addSessions(client: pg.ClientBase): Promise<SessionsOfDay[]> {
  const { rows } = await client.query<SessionsOfDay>(ADD);
  await client.query(REMEMBER_ADDED);
  return rows;
}

/** Brings in line which sessions are split, among those removed and added in this step. */
export async function splitSessions(client: pg.ClientBase): Promise<void> {
  for await (const sessionIds of rememberedSessions(client)) await client.query(SET_SPLIT, [sessionIds]);
}

/** Sessions of one statement: a client that gives each event a session of its own must not fill the memory. */
const SESSIONS_PER_PAGE = 20_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

async function* rememberedSessions(client: pg.ClientBase): AsyncGenerator<string[]> {
  for (let last = BEFORE_ALL; ;) {
    const { rows } = await client.query<{ session_id: string }>(PAGE, [last, SESSIONS_PER_PAGE]);
    if (rows.length > 0) yield rows.map((row) => row.session_id);
    if (rows.length < SESSIONS_PER_PAGE) return;
    last = rows.at(-1)!.session_id;
  }
}

const REMEMBER_REMOVED = `
  insert into taken_sessions
  select distinct session_id
  from session_days
  join unnest($1::uuid[], $2::date[]) as taken (user_id, day) using (user_id, day)`;

const REMEMBER_ADDED = `
  insert into taken_sessions select distinct session_id from taken_events where session_id is not null`;

const PAGE = `
  select distinct session_id from taken_sessions where session_id > $1 order by session_id limit $2`;

/**
 * Adds the rows of `source` to the totals of their days, or takes them off. They have a `day`, a `facet_id`, a
 * `length` and a `sign`; split sessions are in no total.
 */
const addToTotals = (source: string): string => `
  insert into environment_days (environment, day, sessions, session_length)
  select environment, day, sum(sign), sum(sign * length)
  from (${source}) changed
  join facets using (facet_id)
  group by environment, day
  on conflict (environment, day) do update
  set sessions = environment_days.sessions + excluded.sessions,
    session_length = environment_days.session_length + excluded.session_length`;

/** Ends in a select, as the next one does: an insert at the end Citus would do on its nodes, which have no temporary tables. */
const REMOVE = `
  with removed as (
    delete from session_days using unnest($1::uuid[], $2::date[]) as taken (user_id, day)
    where session_days.user_id = taken.user_id and session_days.day = taken.day
    returning session_days.day, facet_id, last_at - first_at as length, split
  ),
  totals as (${addToTotals('select day, facet_id, length, -1 as sign from removed where not split')})
  select count(*) from removed`;

const ADD = `
  with added as (
    insert into session_days (user_id, session_id, day, facet_id, first_at, last_at)
    select user_id, session_id, day, facet_id, min(timestamp), max(timestamp)
    from ${TAKEN_EVENTS}
    where session_id is not null
    group by user_id, session_id, day, facet_id
    returning user_id, day, facet_id, last_at - first_at as length
  ),
  totals as (${addToTotals('select day, facet_id, length, 1 as sign from added')})
  select user_id, day::text, facet_id, count(*)::int as sessions, extract(epoch from sum(length))::float8 as seconds
  from added
  group by user_id, day, facet_id`;

/**
 * Says of all rows of these sessions whether there are several. They are named twice: a planner that knows too little of a
 * young table would otherwise look through all of it for the rows to change.
 */
const SET_SPLIT = `
  with sessions as (
    select session_id, count(*) > 1 as split
    from session_days
    where session_id = any ($1::uuid[])
    group by session_id
  ),
  changed as (
    update session_days set split = sessions.split
    from sessions
    where session_days.session_id = any ($1::uuid[]) and session_days.session_id = sessions.session_id
      and session_days.split <> sessions.split
    returning day, facet_id, last_at - first_at as length, session_days.split
  )
  ${addToTotals('select day, facet_id, length, case when split then -1 else 1 end as sign from changed')}`;
