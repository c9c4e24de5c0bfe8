/** What goes into histories, put together from what a step has computed. */
import type pg from 'pg';

import { type HistoryDay, NAMES, dayNumber } from '../histories/format.ts';
import { readArrays } from './sent-arrays.ts';
import type { Facts } from './facts.ts';
import type { ComputedDay } from './user-days.ts';
import type { KnownFacet } from './users.ts';

/** What a step has computed of its user-days. */
export interface Computed {
  firsts: readonly KnownFacet[];
  days: readonly ComputedDay[];
  facts: Facts;
}

type DayOfUser = HistoryDay & { userId: string };

/** The user-days, one for each facet that has events or crashes. `errorTypes`: the `error_type_id` of each. */
export function historyDays(
  { days, facts }: Omit<Computed, 'firsts'>,
  errorTypes: ReadonlyMap<string, number>,
): DayOfUser[] {
  const found = new Map<string, DayOfUser>();
  const add = (key: Key, did: Partial<DayOfUser>): void => {
    const name = `${key.user_id} ${key.day} ${key.facet_id}`;
    found.set(name, { ...(found.get(name) ?? nothingOn(key)), ...did });
  };
  for (const day of days) add(day, didOn(day, errorTypes));
  const inOrder = facts.toggles.toSorted((a, b) => a.time - b.time || (a.event_id < b.event_id ? -1 : 1));
  for (const toggle of inOrder) add(toggle, { autoPaste: toggle.enabled });
  for (const crash of facts.crashes.toSorted((a, b) => b.time - a.time))
    add(crash, { firstCrash: crash.time });
  return [...found.values()];
}

/** Numbers of all types of failures. New ones get theirs as the events are read (`taken.ts`). */
export async function readErrorTypes(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ error_type_id: number; error_type: string }>(
    'select error_type_id, error_type from error_types',
  );
  return new Map(rows.map(({ error_type_id, error_type }) => [error_type, error_type_id]));
}

interface Key {
  user_id: string;
  day: string;
  facet_id: number;
}

function nothingOn({ user_id, day, facet_id }: Key): DayOfUser {
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

function didOn(day: ComputedDay, errorTypes: ReadonlyMap<string, number>): Partial<DayOfUser> {
  return {
    widget: day.widget,
    dictionary: day.dictionary,
    retry: day.retry,
    processingSeconds: readArrays(day.processing_seconds, (bytes, at) => bytes.readDoubleBE(at)),
    failureTypes: (day.failure_types ?? []).map((type) => errorTypes.get(type)!),
    steps: readSteps(day.steps),
  };
}

const STEP_BYTES = 8;
const TIME_BYTES = 6;

function readSteps(bytes: Buffer): Float64Array {
  const steps = new Float64Array(bytes.length / STEP_BYTES);
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    steps[at / STEP_BYTES] = bytes.readUIntBE(at, TIME_BYTES) * NAMES + bytes.readUInt16BE(at + TIME_BYTES);
  }
  return steps;
}
