/** What goes into histories: user-days and first moments as the other rollups hold them. */
import type pg from 'pg';

import { type FirstSeen, type HistoryDay, NAMES, dayNumber } from '../histories/format.ts';
import { readArrays } from '../stats/sent-arrays.ts';
import type { UserDays } from './marks.ts';
import { TAKEN_EVENTS } from './taken.ts';

type OfUser<T> = T & { userId: string };

/** The user-days whose records were read (`readTaken`), one for each facet that has events or crashes. */
export async function readHistoryDays(
  client: pg.ClientBase,
  { userIds, days }: UserDays,
): Promise<OfUser<HistoryDay>[]> {
  const taken = [userIds, days];
  const failureTypes = await readFailureTypes(client);
  const found = new Map<string, OfUser<HistoryDay>>();
  const add = (row: Key, did: Partial<HistoryDay>): void => {
    const key = `${row.user_id} ${row.day} ${row.facet_id}`;
    const known = found.get(key);
    if (known) Object.assign(known, did);
    else found.set(key, { ...nothingOn(row), ...did });
  };
  for (const row of (await client.query<ActiveDay>(ACTIVE_DAYS, taken)).rows) {
    add(row, {
      widget: row.widget,
      dictionary: row.dictionary,
      retry: row.retry,
      processingSeconds: readArrays(row.processing_seconds, (bytes, at) => bytes.readDoubleBE(at)),
      failureTypes: (row.failures ?? []).map((type) => failureTypes.get(type)!),
    });
  }
  for (const row of (await client.query<Key & { steps: Buffer }>(STEPS)).rows) {
    add(row, { steps: readSteps(row.steps) });
  }
  for (const row of (await client.query<Key & { enabled: boolean }>(TOGGLES, taken)).rows) {
    add(row, { autoPaste: row.enabled });
  }
  for (const row of (await client.query<Key & { time: number }>(CRASHES, taken)).rows) {
    add(row, { firstCrash: row.time });
  }
  return [...found.values()];
}

/** When the users were first seen with each of their facets. */
export async function readFirstSeen(
  client: pg.ClientBase,
  userIds: readonly string[],
): Promise<OfUser<FirstSeen>[]> {
  const { rows } = await client.query<Key & { time: number }>(FIRSTS, [userIds]);
  return rows.map(({ user_id, facet_id, day, time }) => ({
    userId: user_id,
    facetId: facet_id,
    day: dayNumber(day),
    time,
  }));
}

interface Key {
  user_id: string;
  day: string;
  facet_id: number;
}

interface ActiveDay extends Key {
  widget: boolean;
  dictionary: boolean;
  retry: boolean;
  processing_seconds: Buffer | null;
  failures: string[] | null;
}

function nothingOn({ user_id, day, facet_id }: Key): OfUser<HistoryDay> {
  return {
    userId: user_id,
    day: dayNumber(day),
    facetId: facet_id,
    widget: false,
    dictionary: false,
    retry: false,
    autoPaste: null,
    firstCrash: null,
    processingSeconds: [],
    failureTypes: [],
    steps: new Float64Array(),
  };
}

const STEP_BYTES = 8;
const TIME_BYTES = 6;

/** As `STEPS` writes them. */
function readSteps(bytes: Buffer): Float64Array {
  const steps = new Float64Array(bytes.length / STEP_BYTES);
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    steps[at / STEP_BYTES] = bytes.readUIntBE(at, TIME_BYTES) * NAMES + bytes.readUInt16BE(at + TIME_BYTES);
  }
  return steps;
}

/** Numbers of all types of failures. Those of the taken user-days get theirs in `taken.ts`. */
async function readFailureTypes(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ error_type_id: number; error_type: string }>(
    'select error_type_id, error_type from error_types',
  );
  return new Map(rows.map(({ error_type_id, error_type }) => [error_type, error_type_id]));
}

const IS_TAKEN = `join unnest($1::uuid[], $2::date[]) as taken (user_id, day) using (user_id, day)`;

const ACTIVE_DAYS = `
  select user_id, day::text, facet_id, widget, dictionary_events is not null as dictionary, retries is not null as retry,
    array_send(processing_seconds) as processing_seconds, failures
  from user_days
  ${IS_TAKEN}`;

/** The events that were read of the user-days: eight bytes each, six of microseconds of the day and two of the name. */
const STEPS = `
  select user_id, day::text, facet_id,
    string_agg(int8send((extract(epoch from timestamp - day::timestamp at time zone 'UTC') * 1e6)::bigint * ${NAMES} + name_id), '')
      as steps
  from ${TAKEN_EVENTS}
  join event_names using (event)
  group by user_id, day, facet_id`;

/** Of several on a day the last. */
const TOGGLES = `
  select distinct on (user_id, day, facet_id) user_id, day::text, facet_id, enabled
  from auto_paste_toggles
  ${IS_TAKEN}
  order by user_id, day, facet_id, toggled_at desc, event_id desc`;

const timeOfDay = (moment: string, day: string): string =>
  `(extract(epoch from ${moment} - ${day}::timestamp at time zone 'UTC') * 1e6)::float8`;

const CRASHES = `
  select user_id, day::text, facet_id, ${timeOfDay('min(crashed_at)', 'day')} as time
  from uncaught_crashes
  ${IS_TAKEN}
  group by user_id, day, facet_id`;

const FIRSTS = `
  select user_id, facet_id, first_day::text as day, ${timeOfDay('first_at', 'first_day')} as time
  from user_facets
  where user_id = any ($1::uuid[])`;
