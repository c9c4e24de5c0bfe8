/** Parts of sessions (table `session_days`): a session may span days, facets, even users. */
import type pg from 'pg';

import type { UserDays } from './marks.ts';
import { TAKEN_EVENTS } from './taken.ts';

/** Takes out the sessions of user-days that are computed anew, and remembers them for `splitSessions`. */
export async function removeSessions(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  await client.query(REMEMBER_REMOVED, [userIds, days]);
  await client.query(REMOVE, [userIds, days]);
}

/** Adds those of the events that were read. */
export async function addSessions(client: pg.ClientBase): Promise<void> {
  await client.query(ADD);
  await client.query(REMEMBER_ADDED);
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

const REMOVE = `
  delete from session_days using unnest($1::uuid[], $2::date[]) as taken (user_id, day)
  where session_days.user_id = taken.user_id and session_days.day = taken.day`;

const ADD = `
  insert into session_days (user_id, session_id, day, facet_id, first_at, last_at)
  select user_id, session_id, day, facet_id, min(timestamp), max(timestamp)
  from ${TAKEN_EVENTS}
  where session_id is not null
  group by user_id, session_id, day, facet_id`;

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
  )
  update session_days set split = sessions.split
  from sessions
  where session_days.session_id = any ($1::uuid[]) and session_days.session_id = sessions.session_id
    and session_days.split <> sessions.split`;
