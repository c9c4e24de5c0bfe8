/** What each user did on each day (table `user_days`), computed anew from the events of that day. */
import type pg from 'pg';

import { TAKEN_WEEKS, type UserDays } from './marks.ts';
import { TAKEN_EVENTS } from './taken.ts';

export async function recomputeUserDays(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  const taken = [userIds, days];
  await client.query(
    `delete from user_days using unnest($1::uuid[], $2::date[]) as taken (user_id, day)
     where user_days.user_id = taken.user_id and user_days.day = taken.day`,
    taken,
  );
  const { rows } = await client.query<{ user_ids: string[]; mondays: string[] }>(WEEKS_BEGUN, taken);
  const begun = [rows[0]!.user_ids, rows[0]!.mondays];
  await client.query(INSERT, begun);
  await client.query(SET_SHARES, begun);
}

/** A numeric property, exactly. Beyond 1e300 it is cut, so that no sum can overflow. Anything but a number is none. */
const number = (property: string): string =>
  `case when jsonb_typeof(properties -> '${property}') = 'number'
        then greatest(least((properties -> '${property}')::numeric, 1e300), -1e300) end`;

const RECORDING = `event = 'recording_completed' and properties -> 'success' is distinct from 'false'::jsonb`;
const source = (name: string): string => `properties -> 'source' = '"${name}"'::jsonb`;

/** The taken weeks in which a user has other days than those taken, which have left `user_facets` already. */
const WEEKS_BEGUN = `
  with ${TAKEN_WEEKS}
  select coalesce(array_agg(weeks.user_id), '{}') as user_ids, coalesce(array_agg(monday::text), '{}') as mondays
  from weeks
  join user_facets on user_facets.user_id = weeks.user_id and user_facets.days && daterange(monday, monday + 7)`;

const INSERT = `
  insert into user_days
    (user_id, day, facet_id, first_at, recordings, widget_recordings, main_window_recordings, recorded_seconds,
     transcriptions, transcribed_seconds, failures, startups, startup_seconds, dictionary_events, dictionary_uses,
     retries, widget, cost_usd, processing_seconds, steps, sole_of_day, week_mixed, week_first)
  select user_id, day, facet_id,
    min(timestamp),
    nullif(count(*) filter (where ${RECORDING}), 0),
    nullif(count(*) filter (where ${RECORDING} and ${source('widget')}), 0),
    nullif(count(*) filter (where ${RECORDING} and ${source('main_window')}), 0),
    sum(${number('audio_duration_seconds')}) filter (where ${RECORDING}),
    nullif(count(*) filter (where event = 'transcription_completed'), 0),
    sum(${number('audio_duration_seconds')}) filter (where event = 'transcription_completed'),
    array_agg(coalesce(nullif(properties ->> 'error_type', ''), 'unknown')) filter (where event = 'transcription_failed'),
    nullif(count(${number('startup_time_seconds')}) filter (where event = 'app_opened'), 0),
    sum(${number('startup_time_seconds')}) filter (where event = 'app_opened'),
    nullif(count(*) filter (where event = 'dictionary_used'), 0),
    sum(${number('count')}) filter (where event = 'dictionary_used'),
    nullif(count(*) filter (where event = 'retry_attempted'), 0),
    bool_or(${source('widget')}) is true,
    sum(${number('estimated_cost_usd')}),
    array_agg((${number('processing_time_seconds')})::float8)
      filter (where jsonb_typeof(properties -> 'processing_time_seconds') = 'number'),
    string_agg(int8send((extract(epoch from timestamp - day::timestamp at time zone 'UTC') * 1e6)::bigint * 65536 + name_id), ''),
    -- Of weeks that have begun, SET_SHARES has the last word.
    count(*) over (partition by user_id, day) = 1,
    min(facet_id) over week <> max(facet_id) over week,
    min(facet_id) over week = max(facet_id) over week and day = min(day) over week
      and (user_id, date_trunc('week', day::timestamp)::date) not in (select * from unnest($1::uuid[], $2::date[]))
  from ${TAKEN_EVENTS}
  join event_names using (event)
  group by user_id, day, facet_id
  window week as (partition by user_id, date_trunc('week', day::timestamp))`;

/** How the user's rows of a week share its days, for weeks that had begun. */
const SET_SHARES = `
  with ${TAKEN_WEEKS},
  rows_of_weeks as (
    select user_days.user_id, user_days.day, user_days.facet_id, weeks.monday
    from weeks
    join user_days on user_days.user_id = weeks.user_id and user_days.day = any (weeks.days)
  ),
  shares as (
    select user_id, day, facet_id,
      count(*) over (partition by user_id, day) = 1 as sole_of_day,
      min(facet_id) over week <> max(facet_id) over week as week_mixed,
      min(facet_id) over week = max(facet_id) over week and day = min(day) over week as week_first
    from rows_of_weeks
    window week as (partition by user_id, monday)
  )
  update user_days
  set sole_of_day = shares.sole_of_day, week_mixed = shares.week_mixed, week_first = shares.week_first
  from shares
  where user_days.user_id = shares.user_id and user_days.day = shares.day and user_days.facet_id = shares.facet_id
    and (user_days.sole_of_day, user_days.week_mixed, user_days.week_first)
      is distinct from (shares.sole_of_day, shares.week_mixed, shares.week_first)`;
