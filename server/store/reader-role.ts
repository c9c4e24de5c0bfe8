/** A role for SQL tools: reads the views and nothing else, and cannot hold up the server. */
import { randomBytes } from 'node:crypto';

import type pg from 'pg';
import { escapeIdentifier, escapeLiteral } from 'pg';

import { onCitus } from './citus.ts';
import { withClient } from './pool.ts';

const VIEWS = ['v_events', 'v_crashes', 'v_daily', 'v_users'];

/** Names that need no quotes anywhere, so that they can be typed into any tool. */
export const ROLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** What a question may cost. Tools that need longer should ask a copy of the database. */
const LIMITS = {
  statement_timeout: '60s',
  lock_timeout: '5s',
  idle_in_transaction_session_timeout: '60s',
  default_transaction_read_only: 'on',
  timezone: 'UTC',
};
const CONNECTIONS = 10;

/**
 * Makes the role, or gives an existing one a new password and the same rights. Refuses one that can do more: it
 * may be somebody else's. Returns the address for the tool.
 */
export async function makeReaderRole(url: string, name: string): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  const role = escapeIdentifier(name);
  await withClient(url, { statementTimeoutMs: 20_000 }, async (client) => {
    const { rows } = await client.query<{ powerful: boolean }>(
      `select rolsuper or rolcreaterole or rolcreatedb or rolname = current_user
         or exists (select from pg_auth_members where member = pg_roles.oid)
         or exists (select from pg_class where relowner = pg_roles.oid) as powerful
       from pg_roles where rolname = $1`,
      [name],
    );
    if (rows[0]?.powerful)
      throw new Error(`the role ${name} exists and can do more than read: take another name`);
    const { rows: places } = await client.query<{ database: string; schema: string }>(
      'select current_database() as database, current_schema() as schema',
    );
    const { database, schema } = places[0]!;
    const spread = await onCitus(client);
    await client.query('begin');
    if (spread) await client.query('set local citus.enable_ddl_propagation = off');
    await client.query(
      `${rows.length === 0 ? 'create' : 'alter'} role ${role}
       login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
       connection limit ${CONNECTIONS} password ${escapeLiteral(password)}`,
    );
    for (const [setting, value] of Object.entries(LIMITS)) {
      await client.query(`alter role ${role} set ${setting} = ${escapeLiteral(value)}`);
    }
    await client.query(`grant connect on database ${escapeIdentifier(database)} to ${role}`);
    if (spread) await grantCopiedViews(client, { schema, role });
    else await grantViews(client, schema, role);
    await client.query('commit');
  });
  const address = new URL(url);
  address.username = name;
  address.password = password;
  return address.href;
}

async function grantViews(client: pg.ClientBase, schema: string, role: string): Promise<void> {
  await client.query(`grant usage on schema ${escapeIdentifier(schema)} to ${role}`);
  await client.query(`grant select on ${VIEWS.join(', ')} to ${role}`);
}

/**
 * On Citus the other nodes would want rights on the tables themselves, which hold users' ids. So the role gets views
 * of the same names in a schema of its own, on the coordinator alone, over functions that read with their owner's
 * rights. Each question reads all of the views that it names.
 */
async function grantCopiedViews(
  client: pg.ClientBase,
  { schema, role }: { schema: string; role: string },
): Promise<void> {
  const own = escapeIdentifier(`${schema}_views`);
  const original = escapeIdentifier(schema);
  await client.query(`create schema if not exists ${own}`);
  for (const view of VIEWS) {
    await client.query(
      `create or replace function ${own}.read_${view}() returns setof ${original}.${view}
       language sql stable security definer set search_path = ${original}, pg_temp
       as 'select * from ${view}'`,
    );
    await client.query(`revoke all on function ${own}.read_${view}() from public`);
    await client.query(`grant execute on function ${own}.read_${view}() to ${role}`);
    await client.query(`create or replace view ${own}.${view} as select * from ${own}.read_${view}()`);
  }
  await client.query(`grant usage on schema ${own}, ${original} to ${role}`);
  await client.query(`grant select on all tables in schema ${own} to ${role}`);
  await client.query(`alter role ${role} set search_path = ${own}, ${original}`);
}
