/** `GET /stats/filters` by brute force. */
import type pg from 'pg';

export async function referenceFilterValues(pool: pg.Pool) {
  const values: Record<string, { value: string; users: number }[]> = {};
  for (const column of ['app_version', 'platform', 'country', 'environment']) {
    const { rows } = await pool.query<{ value: string; users: number }>(
      `select ${column} collate "C" as value, count(distinct user_id)::int as users
       from (
         select user_id, ${column} from events union all select user_id, ${column} from reference_remembered
       ) ever
       where ${column} <> ''
       group by value
       order by users desc, value`,
    );
    values[column] = rows;
  }
  return values;
}
