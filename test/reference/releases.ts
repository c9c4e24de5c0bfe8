/** `GET /stats/releases` by brute force, without the order. */
import type pg from 'pg';

import { type Question, matchingRows } from './reference.ts';

interface Row {
  user_id: string;
  app_version: string;
  /** In UTC. */
  day: string;
}

export async function referenceReleases(pool: pg.Pool, question: Question) {
  const { from, to } = question;
  const columns = `user_id, app_version, (timestamp at time zone 'UTC')::date::text as day`;
  const read = async (sql: string): Promise<Row[]> => (await pool.query<Row>(sql)).rows;
  const isAsked = ({ day }: Row): boolean => day >= from && day <= to;
  const ever = await read(
    `select ${columns} from events union all select ${columns} from reference_remembered`,
  );
  const matching = matchingRows(question);
  const events = (await read(`select ${columns} from events where ${matching}`)).filter(isAsked);
  const crashes = (
    await read(`select ${columns} from crashes where ${matching} and crash_type <> 'handled_error'`)
  ).filter(isAsked);
  const active = usersOf(events);
  return [...new Set(ever.map((row) => row.app_version))].flatMap((version) => {
    const own = (rows: Row[]): Row[] => rows.filter((row) => row.app_version === version);
    const [users, crashed] = [usersOf(own(events)), usersOf(own(crashes))];
    if (users.size === 0 && crashed.size === 0) return [];
    return [
      {
        app_version: version,
        first_day: own(ever)
          .map(({ day }) => day)
          .sort()[0],
        users: users.size,
        share: active.size === 0 ? null : users.size / active.size,
        crash_free_users_rate:
          users.size === 0 ? null : [...users].filter((user) => !crashed.has(user)).length / users.size,
        crashes: own(crashes).length,
        days: [...Map.groupBy(own(events), ({ day }) => day)]
          .map(([date, rows]) => ({ date, users: usersOf(rows).size }))
          .toSorted((a, b) => (a.date < b.date ? -1 : 1)),
      },
    ];
  });
}

function usersOf(rows: readonly Row[]): Set<string> {
  return new Set(rows.map((row) => row.user_id));
}
