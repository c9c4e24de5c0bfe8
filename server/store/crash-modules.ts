/** Native modules in which something crashed: what `/stats/crash-groups` can be narrowed to. */
import type pg from 'pg';

import { rowsInRange } from './stats/raw-rows.ts';
import type { StatsQuery } from './stats/query.ts';

export interface CrashModule {
  /** File name. */
  module: string;
  /** Native crashes with a frame in it. */
  crashes: number;
}

/** A crash passes through many libraries of the system; those with the most crashes are enough to choose from. */
const MAX_MODULES = 200;

/**
 * Of the frames of native crashes in range that match, by descending crashes, then by name. A fault mostly has one
 * stack, so each is taken apart once, and by plain functions: a pattern over all stacks takes several times as long.
 */
export async function readCrashModules(pool: pg.Pool, query: StatsQuery): Promise<CrashModule[]> {
  const { sql, values } = rowsInRange(query);
  const { rows } = await pool.query<CrashModule>(
    `with stacks as (
       select stack_trace, count(*) as crashes
       from crashes
       where ${sql} and crash_type = 'native_crash' and stack_trace is not null
       group by stack_trace
     )
     select module, sum(crashes)::int as crashes
     from stacks
     cross join lateral (
       select distinct substr(split_part(ltrim(line), '+0x', 1), 4) as module
       from string_to_table(stack_trace, E'\\n') as line
       where ltrim(line) like 'at _%+0x%'
     ) modules
     group by module
     order by crashes desc, module collate "C"
     limit ${MAX_MODULES}`,
    values,
  );
  return rows;
}
