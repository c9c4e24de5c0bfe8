/**
 * What lets the tables be spread over the nodes of a Citus cluster by user, read from the catalogue and from the
 * statements themselves. That the statements work there is shown by all tests of the server, pointed at a cluster.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { type TestDatabase, createTestDatabase } from '../helpers/postgres.ts';

/** They hold no user, and are small: whole on every node. */
const WITHOUT_USER = new Set([
  'alerts',
  'arrivals',
  'crash_groups',
  'dirty_days',
  'environment_cohorts',
  'environment_days',
  'environment_events',
  'environment_failures',
  'environment_processing',
  'environment_newcomers',
  'erased_users',
  'error_types',
  'event_names',
  'facet_days',
  'facets',
  'known_crash_groups',
  'messages',
  'roost_schema_version',
  'user_hash_salt',
  'user_stats',
]);

interface Table {
  name: string;
  has_user: boolean;
  keys_without_user: string[];
  foreign_keys: number;
}

describe('the catalogue', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(inject('postgres'));
  });
  afterAll(() => database?.drop());

  test('every table that grows has user_id, in every unique key too, and no foreign key leaves it', async () => {
    const tables = await readTables(database.url);
    expect(tables.length).toBeGreaterThan(5);
    for (const { name, has_user: hasUser, keys_without_user: keys, foreign_keys: foreignKeys } of tables) {
      expect({ name, hasUser }).toEqual({ name, hasUser: !WITHOUT_USER.has(name) });
      if (hasUser) expect({ name, keys, foreignKeys }).toEqual({ name, keys: [], foreignKeys: 0 });
    }
  });
});

async function readTables(url: string): Promise<Table[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Table>(
      `select relname as name,
         exists (select from pg_attribute where attrelid = c.oid and attname = 'user_id') as has_user,
         array(select i.indexrelid::regclass::text from pg_index i
               where i.indrelid = c.oid and i.indisunique and not exists (
                 select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and a.attnum = any (i.indkey)
               )) as keys_without_user,
         (select count(*)::int from pg_constraint where conrelid = c.oid and contype = 'f') as foreign_keys
       from pg_class c
       where relnamespace = 'public'::regnamespace and relkind = 'r'
         and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
       order by relname`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

describe('the statements', () => {
  const root = join(import.meta.dirname, '../..');
  const sources = globSync(['server/**/*.ts', 'migrations/[0-9]*.sql'], {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  }).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

  test('a conflict in a table with users is one of a user', () => {
    const found = sources.flatMap(({ file, text }) => conflicts(text).map((each) => ({ file, ...each })));
    expect(found.length).toBeGreaterThan(10);
    const wrong = found.filter(
      ({ table, target }) => !WITHOUT_USER.has(table) && !target.includes('user_id'),
    );
    expect(wrong).toEqual([]);
  });

  test('no rows of users are locked by reading them', () => {
    expect(locked('select from events where true for no key update')).toEqual(['events']);
    const found = sources.flatMap(({ file, text }) => locked(text).map((table) => ({ file, table })));
    expect(found.filter(({ table }) => !WITHOUT_USER.has(table))).toEqual([]);
  });
});

/** Each `on conflict` with the table it belongs to; no target is any key. */
function conflicts(text: string): { table: string; target: string[] }[] {
  return [...text.matchAll(/\bon conflict\b(?:\s*\(([^)]*)\))?/g)].map(({ index, 1: target = '' }) => ({
    table: lastWord(text.slice(0, index), /\binsert into (\S+)/g),
    target: target.split(',').map((column) => column.trim()),
  }));
}

/** The tables that `for update` and its like are said of. */
function locked(text: string): string[] {
  return [...text.matchAll(/\bfor (?:no key update|update|key share|share)\b/g)].map(({ index }) =>
    lastWord(text.slice(0, index), /\bfrom (\S+)/g),
  );
}

function lastWord(text: string, pattern: RegExp): string {
  return [...text.matchAll(pattern)].at(-1)?.[1] ?? '';
}
