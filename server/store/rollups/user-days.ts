/** What each user did on each day (table `user_days`), computed anew from the events of that day. */
import type pg from 'pg';

import type { UserDays } from './marks.ts';
import { ERROR_TYPE, TAKEN_EVENTS } from './taken.ts';

export async function recomputeUserDays(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  const taken = [userIds, days];
  await client.query(
    `delete from user_days using unnest($1::uuid[], $2::date[]) as taken (user_id, day)
     where user_days.user_id = taken.user_id and user_days.day = taken.day`,
    taken,
  );
  await client.query(INSERT);
}

/** A numeric property, exactly. Beyond 1e300 it is cut, so that no sum can overflow. Anything but a number is none. */
const number = (property: string): string =>
  `case when jsonb_typeof(properties -> '${property}') = 'number'
        then greatest(least((properties -> '${property}')::numeric, 1e300), -1e300) end`;

const RECORDING = `event = 'recording_completed' and properties -> 'success' is distinct from 'false'::jsonb`;
const source = (name: string): string => `properties -> 'source' = '"${name}"'::jsonb`;

const INSERT = `
  insert into user_days
    (user_id, day, facet_id, first_at, recordings, widget_recordings, main_window_recordings, recorded_seconds,
     transcriptions, transcribed_seconds, failures, startups, startup_seconds, dictionary_events, dictionary_uses,
     retries, widget, cost_usd, processing_seconds, sole_of_day)
  select user_id, day, facet_id,
    min(timestamp),
    nullif(count(*) filter (where ${RECORDING}), 0),
    nullif(count(*) filter (where ${RECORDING} and ${source('widget')}), 0),
    nullif(count(*) filter (where ${RECORDING} and ${source('main_window')}), 0),
    sum(${number('audio_duration_seconds')}) filter (where ${RECORDING}),
    nullif(count(*) filter (where event = 'transcription_completed'), 0),
    sum(${number('audio_duration_seconds')}) filter (where event = 'transcription_completed'),
    array_agg(${ERROR_TYPE}) filter (where event = 'transcription_failed'),
    nullif(count(${number('startup_time_seconds')}) filter (where event = 'app_opened'), 0),
    sum(${number('startup_time_seconds')}) filter (where event = 'app_opened'),
    nullif(count(*) filter (where event = 'dictionary_used'), 0),
    sum(${number('count')}) filter (where event = 'dictionary_used'),
    nullif(count(*) filter (where event = 'retry_attempted'), 0),
    bool_or(${source('widget')}) is true,
    sum(${number('estimated_cost_usd')}),
    array_agg((${number('processing_time_seconds')})::float8)
      filter (where jsonb_typeof(properties -> 'processing_time_seconds') = 'number'),
    count(*) over (partition by user_id, day) = 1
  from ${TAKEN_EVENTS}
  group by user_id, day, facet_id`;
