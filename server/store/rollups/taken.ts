/** The records of the user-days that a step has taken, read once into temporary tables for all that follows. */
import type pg from 'pg';

import { FACET_COLUMNS, type FacetColumn } from '../stats/query.ts';
import type { UserDays } from './marks.ts';

const TABLES = `
  create temporary table if not exists taken_events (
    user_id uuid, day date, event_id uuid, session_id uuid, timestamp timestamptz,
    event text collate "C", properties jsonb,
    app_version text collate "C", platform text collate "C", country text collate "C", environment text collate "C"
  ) on commit delete rows;
  create temporary table if not exists taken_crashes (
    user_id uuid, day date, event_id uuid, session_id uuid, timestamp timestamptz,
    crash_type text collate "C", os_version text collate "C",
    app_version text collate "C", platform text collate "C", country text collate "C", environment text collate "C"
  ) on commit delete rows;
  create temporary table if not exists taken_sessions (session_id uuid) on commit delete rows`;

/** User-days with their bounds, from the parameters $1 (user ids) and $2 (days). */
const TAKEN = `
  (
    select user_id, day, day::timestamp at time zone 'UTC' as starts_at,
      (day + 1)::timestamp at time zone 'UTC' as ends_at
    from unnest($1::uuid[], $2::date[]) as t (user_id, day)
  ) taken`;

const EVENTS = `
  insert into taken_events
  select e.user_id, taken.day, e.event_id, e.session_id, e.timestamp, e.event, e.properties,
    e.app_version, e.platform, coalesce(e.country, ''), e.environment
  from ${TAKEN}
  join events e on e.user_id = taken.user_id and e.timestamp >= taken.starts_at and e.timestamp < taken.ends_at
  limit $3`;

/** Handled errors are in none of the figures. */
const CRASHES = `
  insert into taken_crashes
  select c.user_id, taken.day, c.event_id, c.session_id, c.timestamp, c.crash_type, coalesce(c.os_version, ''),
    c.app_version, coalesce(c.platform, ''), coalesce(c.country, ''), c.environment
  from ${TAKEN}
  join crashes c on c.user_id = taken.user_id and c.timestamp >= taken.starts_at and c.timestamp < taken.ends_at
  where c.crash_type <> 'handled_error'`;

/** What has no number yet, with the number that it gets. */
const NEW_FACETS = `
  with missing as (
    select app_version, platform, country, environment from taken_events
    union
    select app_version, platform, country, environment from taken_crashes
    except
    select app_version, platform, country, environment from facets
  )
  select coalesce((select max(facet_id) from facets), 0) + (row_number() over ())::int as facet_id,
    app_version, platform, country, environment
  from missing`;

const NEW_NAMES = `
  with missing as (
    select event from taken_events except select event from event_names
  )
  select coalesce((select max(name_id) from event_names), 0) + (row_number() over ())::int as name_id, event
  from missing`;

/** What a failure without a type counts as, too. */
export const ERROR_TYPE = `coalesce(nullif(properties ->> 'error_type', ''), 'unknown')`;

const NEW_ERROR_TYPES = `
  with missing as (
    select ${ERROR_TYPE} as error_type from taken_events where event = 'transcription_failed'
    except
    select error_type from error_types
  )
  select coalesce((select max(error_type_id) from error_types), 0) + (row_number() over ())::int as error_type_id, error_type
  from missing`;

/**
 * Facets, names and types of failures get a number where they have none. The rollups' lock keeps others from taking the same. Read
 * first, then written: on Citus these tables are on every node, the temporary ones on the coordinator alone.
 */
async function numberNew(client: pg.ClientBase): Promise<void> {
  const facets = (await client.query<Record<FacetColumn, string> & { facet_id: number }>(NEW_FACETS)).rows;
  if (facets.length > 0) {
    await client.query(
      `insert into facets (facet_id, ${FACET_COLUMNS.join(', ')})
       select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[])`,
      [facets.map((row) => row.facet_id), ...FACET_COLUMNS.map((column) => facets.map((row) => row[column]))],
    );
  }
  const names = (await client.query<{ name_id: number; event: string }>(NEW_NAMES)).rows;
  if (names.length > 0) {
    await client.query(
      'insert into event_names (name_id, event) select * from unnest($1::int[], $2::text[])',
      [names.map((row) => row.name_id), names.map((row) => row.event)],
    );
  }
  const types = (await client.query<{ error_type_id: number; error_type: string }>(NEW_ERROR_TYPES)).rows;
  if (types.length > 0) {
    await client.query(
      'insert into error_types (error_type_id, error_type) select * from unnest($1::int[], $2::text[])',
      [types.map((row) => row.error_type_id), types.map((row) => row.error_type)],
    );
  }
}

/** Makes the tables, empty at the start of every transaction. */
export async function prepareTaken(client: pg.ClientBase): Promise<void> {
  await client.query(TABLES);
}

/** Enough for user-days as people make them; more are a flood, or the days of heavy users. */
export const MAX_EVENTS_PER_STEP = 100_000;

/** Thrown by `readTaken`: fewer user-days have to be taken at a time. */
export class TooManyEvents extends Error {}

/** A single user-day is read whole, however many events it has. */
export async function readTaken(
  client: pg.ClientBase,
  { userIds, days }: UserDays,
  maxEvents: number,
): Promise<void> {
  const limit = days.length > 1 ? maxEvents + 1 : null;
  const { rowCount } = await client.query(EVENTS, [userIds, days, limit]);
  if (limit !== null && rowCount === limit) throw new TooManyEvents();
  await client.query(CRASHES, [userIds, days]);
  await numberNew(client);
}

const USING_FACET = 'join facets using (app_version, platform, country, environment)';
/** The taken events and crashes, each with its `facet_id`. */
export const TAKEN_EVENTS = `taken_events ${USING_FACET}`;
export const TAKEN_CRASHES = `taken_crashes ${USING_FACET}`;
