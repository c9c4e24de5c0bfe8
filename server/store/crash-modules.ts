/** Native modules in which something crashed: what `/stats/crash-groups` can be narrowed to. */
import type pg from 'pg';

import { rowsInRange } from './stats/raw-rows.ts';
import type { StatsQuery } from './stats/query.ts';

export interface CrashModule {
  /** File name. */
  module: string;
  /** Native crashes with a frame in it. */
  crashes: number;
  users: number;
}

/** A crash passes through many libraries of the system; those with the most crashes are enough to choose from. */
const MAX_MODULES = 200;

/** Of the frames of native crashes in range that match, by descending crashes, then by name. */
export async function readCrashModules(pool: pg.Pool, query: StatsQuery): Promise<CrashModule[]> {
  const { sql, values } = rowsInRange(query);
  const { rows } = await pool.query<CrashModule>(
    `select module, count(*)::int as crashes, count(distinct user_id)::int as users
     from crashes
     cross join lateral (
       select distinct frame[1] as module
       from regexp_matches(coalesce(stack_trace, ''), '^ *at (.+?)\\+0x[0-9a-f]+', 'gn') as frame
     ) frames
     where ${sql} and crash_type = 'native_crash'
     group by module
     order by crashes desc, module collate "C"
     limit ${MAX_MODULES}`,
    values,
  );
  return rows;
}
