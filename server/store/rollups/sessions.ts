/** Parts of sessions (table `session_days`): a session may span days, facets, even users. */
import type pg from 'pg';

import type { UserDays } from './marks.ts';
import { TAKEN_EVENTS } from './taken.ts';

export async function recomputeSessions(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  const removed = await client.query<{ session_id: string }>(
    `delete from session_days using unnest($1::uuid[], $2::date[]) as taken (user_id, day)
     where session_days.user_id = taken.user_id and session_days.day = taken.day
     returning session_id`,
    [userIds, days],
  );
  const added = await client.query<{ session_id: string }>(
    `insert into session_days (user_id, session_id, day, facet_id, first_at, last_at)
     select user_id, session_id, day, facet_id, min(timestamp), max(timestamp)
     from ${TAKEN_EVENTS}
     where session_id is not null
     group by user_id, session_id, day, facet_id
     returning session_id`,
  );
  await setSplit(client, new Set([...removed.rows, ...added.rows].map((row) => row.session_id)));
}

/** Says of all rows of these sessions whether there are several. */
export async function setSplit(client: pg.ClientBase, sessionIds: ReadonlySet<string>): Promise<void> {
  if (sessionIds.size === 0) return;
  await client.query(
    `with sessions as (
       select session_id, count(*) > 1 as split
       from session_days
       where session_id = any ($1::uuid[])
       group by session_id
     )
     update session_days set split = sessions.split
     from sessions
     where session_days.session_id = sessions.session_id and session_days.split <> sessions.split`,
    [[...sessionIds]],
  );
}
