/** Narrow copies of what is rare and asked for one by one: crashes (without texts) and auto-paste toggles. */
import type pg from 'pg';

import { TAKEN_CRASHES, TAKEN_EVENTS } from './taken.ts';

export interface Facts {
  toggles: (FactKey & { enabled: boolean })[];
  crashes: FactKey[];
}

interface FactKey {
  user_id: string;
  event_id: string;
  day: string;
  facet_id: number;
  /** Microseconds of the day. */
  time: number;
}

/** Adds those of the records that were read. */
export async function addFacts(client: pg.ClientBase): Promise<Facts> {
  const { rows: toggles } = await client.query<Facts['toggles'][number]>(ADD_TOGGLES);
  const { rows: crashes } = await client.query<FactKey>(ADD_CRASHES);
  return { toggles, crashes };
}

const timeOfDay = (moment: string): string =>
  `(extract(epoch from ${moment} - day::timestamp at time zone 'UTC') * 1e6)::float8`;

const ADD_TOGGLES = `
  insert into auto_paste_toggles (user_id, toggled_at, event_id, day, facet_id, enabled)
  select user_id, timestamp, event_id, day, facet_id, properties -> 'enabled' = 'true'::jsonb
  from ${TAKEN_EVENTS}
  where event = 'feature_toggled' and properties -> 'feature' = '"auto_paste"'::jsonb
  returning user_id, event_id, day::text, facet_id, ${timeOfDay('toggled_at')} as time, enabled`;

const ADD_CRASHES = `
  insert into uncaught_crashes
    (user_id, event_id, session_id, crashed_at, day, facet_id, crash_type, os_version, in_session)
  select user_id, event_id, session_id, timestamp, day, facet_id, crash_type, os_version,
    (user_id, day, facet_id, session_id) in (select user_id, day, facet_id, session_id from ${TAKEN_EVENTS})
      is true
  from ${TAKEN_CRASHES}
  returning user_id, event_id, day::text, facet_id, ${timeOfDay('crashed_at')} as time`;
