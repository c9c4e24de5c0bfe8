/**
 * Spreads the tables over the nodes of a Citus cluster: those with users by user, so that a user's rows are
 * together and every join by user stays on one node; the small others whole on every node.
 */
import type pg from 'pg';
import { escapeIdentifier } from 'pg';

import { SESSION_SETTINGS, withClient } from './pool.ts';

export interface SpreadReport {
  distributed: string[];
  reference: string[];
}

/** The table that knows which migrations were applied is asked by the coordinator alone. */
const LOCAL_TABLE = 'roost_schema_version';

/** Whether the database is on a cluster, its tables spread or not. */
export async function onCitus(client: pg.ClientBase | pg.Pool): Promise<boolean> {
  const { rowCount } = await client.query(`select from pg_extension where extname = 'citus'`);
  return rowCount === 1;
}

/** Whether its tables are spread over the nodes of one. */
export async function isSpread(client: pg.ClientBase | pg.Pool): Promise<boolean> {
  if (!(await onCitus(client))) return false;
  const { rowCount } = await client.query('select from pg_dist_partition limit 1');
  return rowCount === 1;
}

/** Safe to repeat: tables that are spread already stay as they are. */
export function spreadOverCitus(url: string): Promise<SpreadReport> {
  return withClient(url, { statementTimeoutMs: 0 }, async (client) => {
    await client.query('create extension if not exists citus');
    await tellNodesSettings(client);
    const report: SpreadReport = { distributed: [], reference: [] };
    // One transaction cannot do it all: a table that was just spread may not be joined with one that is not yet.
    for (const { name, has_user: hasUser } of await tablesToSpread(client)) {
      if (hasUser) {
        await client.query(`select create_distributed_table($1::regclass, 'user_id')`, [name]);
        report.distributed.push(name);
      } else {
        await client.query('select create_reference_table($1::regclass)', [name]);
        report.reference.push(name);
      }
    }
    return report;
  });
}

/** The coordinator's sessions with the other nodes do not take over the settings of ours. Citus tells the nodes. */
async function tellNodesSettings(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  for (const [setting, value] of Object.entries(SESSION_SETTINGS)) {
    await client.query(`alter database ${escapeIdentifier(rows[0]!.name)} set ${setting} = '${value}'`);
  }
}

async function tablesToSpread(client: pg.ClientBase): Promise<{ name: string; has_user: boolean }[]> {
  const { rows } = await client.query<{ name: string; has_user: boolean }>(
    `select relname as name,
       exists (select from pg_attribute where attrelid = c.oid and attname = 'user_id') as has_user
     from pg_class c
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> $1
       and not exists (select from pg_dist_partition where logicalrelid = c.oid)
       and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
     order by relname`,
    [LOCAL_TABLE],
  );
  return rows;
}
