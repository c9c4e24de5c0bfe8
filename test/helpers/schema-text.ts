/** A database's schema as text, from PostgreSQL's catalogue: the embedded one brings no pg_dump. */
import { Client } from 'pg';

const TABLES = `
  select format(E'create table %s (\\n%s\\n);', c.relname, string_agg(
    format('  %s %s%s%s%s', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
      case when a.attcollation <> 0 and a.attcollation <> t.typcollation
        then format(' collate "%s"', (select collname from pg_collation where oid = a.attcollation)) else '' end,
      case when a.attnotnull then ' not null' else '' end,
      coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')),
    E',\\n' order by a.attnum)) as text
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  group by c.relname order by c.relname`;

const CONSTRAINTS = `
  select format('alter table %s add constraint %s %s;', r.relname, c.conname, pg_get_constraintdef(c.oid)) as text
  from pg_constraint c join pg_class r on r.oid = c.conrelid
  where c.connamespace = 'public'::regnamespace and c.contype <> 'n'
  order by r.relname, c.conname`;

const INDEXES = `
  select replace(indexdef, 'public.', '') || ';' as text
  from pg_indexes
  where schemaname = 'public' and indexname not in (select conname from pg_constraint)
  order by tablename, indexname`;

const FUNCTIONS = `
  select replace(pg_get_functiondef(p.oid), 'public.', '') || ';' as text
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend where objid = p.oid and deptype = 'e')
  order by p.proname, p.oid::regprocedure::text`;

const VIEWS = `
  select format(E'create view %s as\n%s', viewname, definition) as text
  from pg_views
  where schemaname = 'public'
  order by viewname`;

export async function readSchemaText(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const parts: string[] = [
      '-- The schema after all migrations; made by test/contract/server-schema.test.ts, not by hand.',
    ];
    for (const sql of [TABLES, CONSTRAINTS, INDEXES, FUNCTIONS, VIEWS]) {
      const { rows } = await client.query<{ text: string }>(sql);
      parts.push(rows.map(({ text }) => text.replaceAll(/[ \t]+$/gm, '').trim()).join('\n\n'));
    }
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}
