/** How much space the database takes, on all nodes of a cluster where it is on one. */
import type pg from 'pg';

import { onCitus } from './citus.ts';

const ALONE = 'select pg_database_size(current_database())::float8 as bytes';
const ALL_NODES = `
  select sum(result::float8) as bytes
  from run_command_on_all_nodes('select pg_database_size(current_database())')`;

export async function databaseBytes(client: pg.ClientBase | pg.Pool): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>((await onCitus(client)) ? ALL_NODES : ALONE);
  return rows[0]!.bytes;
}

export interface StoredTable {
  table: string;
  /** As PostgreSQL's statistics count them: exact but for the last seconds. */
  rows: number;
  /** With its indexes. */
  bytes: number;
}

const TABLES = `
  select relname as table, n_live_tup::float8 as rows, pg_total_relation_size(relid)::float8 as bytes
  from pg_stat_user_tables
  where schemaname = current_schema()
  order by bytes desc, relname collate "C"`;

/** Of a table that is whole on every node the bytes are those of all copies, the rows those of one. */
const SPREAD_TABLES = `
  select relname as table, coalesce(shards.rows, n_live_tup) as rows,
    coalesce(citus_total_relation_size(logicalrelid), pg_total_relation_size(relid))::float8 as bytes
  from pg_stat_user_tables
  left join pg_dist_partition on logicalrelid = relid
  left join lateral (
    select case partmethod when 'n' then max(result::float8) else sum(result::float8) end as rows
    from run_command_on_placements(logicalrelid, 'select pg_stat_get_live_tuples(''%s''::regclass)')
  ) shards on true
  where schemaname = current_schema()
  order by bytes desc, relname collate "C"`;

/** The largest first. */
export async function storedTables(client: pg.ClientBase | pg.Pool): Promise<StoredTable[]> {
  const { rows } = await client.query<StoredTable>((await onCitus(client)) ? SPREAD_TABLES : TABLES);
  return rows;
}
