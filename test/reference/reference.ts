/** Asks the brute-force SQL of `figures.sql` for the answer that `GET /stats` must give. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Pool, type ClientBase, escapeLiteral } from 'pg';

export interface Question {
  from: string;
  to: string;
  app_version?: string[];
  platform?: string[];
  country?: string[];
  /** Null: every one. Default: production. */
  environment?: string[] | null;
}

/** Statements by the name of the figure, such as `growth.total_users`. */
export const FIGURES: ReadonlyMap<string, string> = new Map(
  [
    ...readFileSync(join(import.meta.dirname, 'figures.sql'), 'utf8').matchAll(
      /^-- ([a-z]+\.[a-z0-9_]+)\n([\s\S]*?);$/gm,
    ),
  ].map(([, name, sql]) => [name!, sql!]),
);

export async function referenceFigures(pool: Pool, question: Question): Promise<Record<string, unknown>> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read');
    await copyFromCluster(client);
    await createViews(client, question);
    const answer: Record<string, Record<string, unknown>> = {};
    for (const [name, sql] of FIGURES) {
      const [section, figure] = name.split('.') as [string, string];
      // As JSON, so that counts and decimals arrive as numbers.
      const { rows } = await client.query<{ value: unknown }>(`select to_jsonb((${sql})) as value`);
      (answer[section] ??= {})[figure] = rows[0]!.value;
    }
    return { from: question.from, to: question.to, ...answer };
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** On Citus, which refuses some of these statements on tables of many nodes: they read copies on one. */
async function copyFromCluster(client: ClientBase): Promise<void> {
  const { rowCount } = await client.query(`select from pg_extension where extname = 'citus'`);
  if (rowCount === 0) return;
  for (const table of ['events', 'crashes']) {
    await client.query(`create temporary table ${table} as select * from public.${table}`);
  }
}

/** The condition on `events` and `crashes` that a question's filters make. */
export function matchingRows({
  environment = ['production'],
  app_version,
  platform,
  country,
}: Question): string {
  const conditions = Object.entries({ app_version, platform, country, environment: environment ?? undefined })
    .filter(([, values]) => values !== undefined)
    .map(([column, values]) => `${column} in (${values!.map((value) => escapeLiteral(value)).join(', ')})`);
  return conditions.join(' and ') || 'true';
}

async function createViews(client: ClientBase, question: Question): Promise<void> {
  const matching = matchingRows(question);
  // Tests of retention have such a table: see remembered.ts.
  const memory = await client.query<{ name: string | null }>(
    `select to_regclass('reference_remembered') as name`,
  );
  const remembered =
    memory.rows[0]!.name === null
      ? ''
      : `union all select user_id, timestamp from reference_remembered where ${matching}`;
  const number = (property: string): string =>
    `case when jsonb_typeof(properties -> '${property}') = 'number' then (properties -> '${property}')::float8 end as ${property}`;
  await client.query(`
    create temporary view p as
      select ${escapeLiteral(question.from)}::date as from_day, ${escapeLiteral(question.to)}::date as to_day;
    create temporary view e as
      select *, (timestamp at time zone 'UTC')::date as day,
        event = 'recording_completed' and coalesce(properties ->> 'success', 'true') <> 'false' as is_recording,
        properties ->> 'source' as source,
        properties ->> 'error_type' as error_type,
        properties ->> 'feature' as feature,
        coalesce(properties ->> 'enabled', 'false') = 'true' as enabled,
        ${[
          'audio_duration_seconds',
          'processing_time_seconds',
          'startup_time_seconds',
          'estimated_cost_usd',
          'count',
        ]
          .map(number)
          .join(', ')}
      from events
      where ${matching};
    create temporary view c as
      select *, (timestamp at time zone 'UTC')::date as day
      from crashes
      where crash_type <> 'handled_error' and ${matching};
    create temporary view firsts as
      select user_id, min(timestamp) as first_at, (min(timestamp) at time zone 'UTC')::date as first_day
      from (select user_id, timestamp from e ${remembered}) moments
      group by user_id;
    create temporary view a as
      select distinct user_id from e, p where day between from_day and to_day`);
}
