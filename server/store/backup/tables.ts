/** What a backup holds: every table of the schema, whichever migration made it. */
import type pg from 'pg';

import { SCHEMA_TABLE } from '../migrate.ts';
import type { TableColumns } from './format.ts';

/** Tables without references come first, so that what others refer to is there before them. */
export async function listTables(client: pg.ClientBase): Promise<TableColumns[]> {
  const { rows } = await client.query<TableColumns>(
    `select relname as table, array_agg(attname::text order by attnum) as columns
     from pg_class join pg_attribute on attrelid = pg_class.oid
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> $1 and attnum > 0 and not attisdropped and attgenerated = ''
     group by pg_class.oid, relname
     order by exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'f'), relname collate "C"`,
    [SCHEMA_TABLE],
  );
  return rows;
}

/** Numbers that tables count by themselves go on after the greatest one that is stored. */
export async function continueSequences(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select relname as table, attname as column, pg_get_serial_sequence(pg_class.oid::regclass::text, attname) as sequence
     from pg_class join pg_attribute on attrelid = pg_class.oid
     where relnamespace = current_schema()::regnamespace and attnum > 0 and not attisdropped
       and pg_get_serial_sequence(pg_class.oid::regclass::text, attname) is not null`,
  );
  for (const { table, column, sequence } of rows) {
    await client.query(
      `select setval($1::regclass, greatest(max(${column}), 1), max(${column}) is not null) from ${table}`,
      [sequence],
    );
  }
}
