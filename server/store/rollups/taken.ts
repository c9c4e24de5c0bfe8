/** The part of the rollups' statements that says which rows of `events` and `crashes` belong to taken user-days. */

/** Taken user-days with their bounds, from the parameters $1 (user ids) and $2 (days). */
export const TAKEN = `
  taken as materialized (
    select user_id, day, day::timestamp at time zone 'UTC' as starts_at, (day + 1)::timestamp at time zone 'UTC' as ends_at
    from unnest($1::uuid[], $2::date[]) as t (user_id, day)
  )`;

/** `event_rows`: the events of the taken user-days, with their facet. */
export const EVENT_ROWS = `
  event_rows as (
    select e.user_id, taken.day, facets.facet_id, e.event_id, e.session_id, e.timestamp, e.event, e.properties
    from taken
    join events e on e.user_id = taken.user_id and e.timestamp >= taken.starts_at and e.timestamp < taken.ends_at
    join facets on facets.app_version = e.app_version and facets.platform = e.platform
      and facets.country = coalesce(e.country, '') and facets.environment = e.environment
  )`;

/** `crash_rows`: the crashes of the taken user-days but handled errors, with their facet. */
export const CRASH_ROWS = `
  crash_rows as (
    select c.user_id, taken.day, facets.facet_id, c.event_id, c.session_id, c.timestamp, c.crash_type, c.os_version
    from taken
    join crashes c on c.user_id = taken.user_id and c.timestamp >= taken.starts_at and c.timestamp < taken.ends_at
    join facets on facets.app_version = c.app_version and facets.platform = coalesce(c.platform, '')
      and facets.country = coalesce(c.country, '') and facets.environment = c.environment
    where c.crash_type <> 'handled_error'
  )`;
