/** What each user did on each day (table `user_days`), computed anew from the events of that day. */
import type pg from 'pg';

import { ERROR_TYPE, TAKEN_EVENTS } from './taken.ts';

/** What histories are told of a user's day with one facet; the rest is in `user_days` alone. */
export interface ComputedDay {
  user_id: string;
  day: string;
  facet_id: number;
  widget: boolean;
  dictionary: boolean;
  retry: boolean;
  failure_types: string[] | null;
  /** As `array_send` writes them. */
  processing_seconds: Buffer | null;
  /** Eight bytes for each event: six of microseconds of the day, two of its `name_id`. In any order. */
  steps: Buffer;
}

/** Adds the user-days of the events that were read. */
export async function addUserDays(client: pg.ClientBase): Promise<ComputedDay[]> {
  return (await client.query<ComputedDay>(INSERT)).rows;
}

/** A numeric property, exactly. Beyond 1e300 it is cut, so that no sum can overflow. Anything but a number is none. */
const number = (property: string): string =>
  `case when jsonb_typeof(properties -> '${property}') = 'number'
        then greatest(least((properties -> '${property}')::numeric, 1e300), -1e300) end`;

const RECORDING = `event = 'recording_completed' and properties -> 'success' is distinct from 'false'::jsonb`;
const source = (name: string): string => `properties -> 'source' = '"${name}"'::jsonb`;

const COLUMNS = [
  'user_id',
  'day',
  'facet_id',
  'first_at',
  'recordings',
  'widget_recordings',
  'main_window_recordings',
  'recorded_seconds',
  'transcriptions',
  'transcribed_seconds',
  'failures',
  'startups',
  'startup_seconds',
  'dictionary_events',
  'dictionary_uses',
  'retries',
  'widget',
  'cost_usd',
];

const INSERT = `
  with computed as (
    select user_id, day, facet_id,
      min(timestamp) as first_at,
      nullif(count(*) filter (where ${RECORDING}), 0) as recordings,
      nullif(count(*) filter (where ${RECORDING} and ${source('widget')}), 0) as widget_recordings,
      nullif(count(*) filter (where ${RECORDING} and ${source('main_window')}), 0) as main_window_recordings,
      sum(${number('audio_duration_seconds')}) filter (where ${RECORDING}) as recorded_seconds,
      nullif(count(*) filter (where event = 'transcription_completed'), 0) as transcriptions,
      sum(${number('audio_duration_seconds')}) filter (where event = 'transcription_completed') as transcribed_seconds,
      nullif(count(*) filter (where event = 'transcription_failed'), 0) as failures,
      array_agg(${ERROR_TYPE}) filter (where event = 'transcription_failed') as failure_types,
      nullif(count(${number('startup_time_seconds')}) filter (where event = 'app_opened'), 0) as startups,
      sum(${number('startup_time_seconds')}) filter (where event = 'app_opened') as startup_seconds,
      nullif(count(*) filter (where event = 'dictionary_used'), 0) as dictionary_events,
      sum(${number('count')}) filter (where event = 'dictionary_used') as dictionary_uses,
      nullif(count(*) filter (where event = 'retry_attempted'), 0) as retries,
      bool_or(${source('widget')}) is true as widget,
      sum(${number('estimated_cost_usd')}) as cost_usd,
      array_agg((${number('processing_time_seconds')})::float8)
        filter (where jsonb_typeof(properties -> 'processing_time_seconds') = 'number') as processing_seconds,
      string_agg(
        int8send((date_part('epoch', timestamp - day::timestamp at time zone 'UTC') * 1e6)::bigint * 65536 + name_id), ''
      ) as steps
    from ${TAKEN_EVENTS}
    join event_names using (event)
    group by user_id, day, facet_id
  ),
  added as (
    insert into user_days (${COLUMNS.join(', ')}) select ${COLUMNS.join(', ')} from computed
  )
  select user_id, day::text, facet_id, widget, dictionary_events is not null as dictionary, retries is not null as retry,
    failure_types, array_send(processing_seconds) as processing_seconds, steps
  from computed`;
