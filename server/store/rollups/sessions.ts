/** Parts of sessions (table `session_days`): a session may span days, facets, even users. */
import type pg from 'pg';

import type { UserDays } from './marks.ts';
import { TAKEN_EVENTS } from './taken.ts';

export async function recomputeSessions(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  const removed = await client.query<{ session_id: string }>(REMOVE, [userIds, days]);
  const added = await client.query<{ session_id: string }>(ADD);
  await setSplit(client, new Set([...removed.rows, ...added.rows].map((row) => row.session_id)));
}

/** Says of all rows of these sessions whether there are several. */
async function setSplit(client: pg.ClientBase, sessionIds: ReadonlySet<string>): Promise<void> {
  if (sessionIds.size > 0) await client.query(SET_SPLIT, [[...sessionIds]]);
}

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

const REMOVE = `
  with removed as (
    delete from session_days using unnest($1::uuid[], $2::date[]) as taken (user_id, day)
    where session_days.user_id = taken.user_id and session_days.day = taken.day
    returning session_id, session_days.day, facet_id, last_at - first_at as length, split
  ),
  totals as (${addToTotals('select day, facet_id, length, -1 as sign from removed where not split')})
  select distinct session_id from removed`;

const ADD = `
  with added as (
    insert into session_days (user_id, session_id, day, facet_id, first_at, last_at)
    select user_id, session_id, day, facet_id, min(timestamp), max(timestamp)
    from ${TAKEN_EVENTS}
    where session_id is not null
    group by user_id, session_id, day, facet_id
    returning session_id, day, facet_id, last_at - first_at as length
  ),
  totals as (${addToTotals('select day, facet_id, length, 1 as sign from added')})
  select distinct session_id from added`;

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
    where session_days.session_id = sessions.session_id and session_days.split <> sessions.split
    returning day, facet_id, last_at - first_at as length, session_days.split
  )
  ${addToTotals('select day, facet_id, length, case when split then -1 else 1 end as sign from changed')}`;
