/**
 * What users did, as `user_days.steps` has it: of each day one buffer that holds, for every row of the day, the user's
 * id, the length of the steps and these; rows of a user behind each other. A step takes eight bytes: six of
 * microseconds since the start of the day, two of the event's `name_id`. The steps of a row are in no order.
 */
import { type ClientBase, type Pool, escapeLiteral } from 'pg';

import { copyRows } from '../binary-copy.ts';
import type { Day } from './query.ts';
import { readTogether } from './snapshot.ts';

export const DAY_MICROSECONDS = 86_400_000_000;
export const STEP_BYTES = 8;
/** Where a step has its `name_id`. */
export const NAME_AT = 6;
/** So many different `name_id`s fit into a step. */
export const NAME_IDS = 65_536;

const USER_ID_BYTES = 16;
const LENGTH_BYTES = 4;

/** Users whose state a part has in memory; two are read at a time, of more one after the other. */
const USERS_PER_PART = 125_000;
/** A part has at least one of the ids' first bytes. */
const MOST_PARTS = 256;

export interface DaysAsked {
  from: Day;
  to: Day;
  facetIds: readonly number[];
}

/** A day that has steps. `dayIndex` counts from `from`. */
export interface DaySteps {
  dayIndex: number;
  bytes: Buffer;
}

/** What `readPart` makes of the days, in their order: for each part of the users once. No user is in two parts. */
export async function readInParts<T>(
  pool: Pool,
  client: ClientBase,
  asked: DaysAsked,
  readPart: (days: AsyncIterable<DaySteps>) => Promise<T>,
  usersPerPart = USERS_PER_PART,
): Promise<T[]> {
  const parts = Math.min(MOST_PARTS, Math.max(2, Math.ceil((await countUsers(client)) / usersPerPart)));
  const readers = Array.from({ length: parts }, (_, part) => async (own: ClientBase) => {
    await own.query(IN_ORDER);
    return readPart(readDays(own, stepsOfDays(asked, usersOf(part, parts))));
  });
  return readTogether(pool, client, readers);
}

async function* readDays(client: ClientBase, select: string): AsyncGenerator<DaySteps> {
  for await (const [day, steps] of copyRows(client, select)) {
    yield { dayIndex: day!.readInt32BE(), bytes: steps! };
  }
}

/** Tells each row of a day: where the user's id is, and where the steps begin and end. */
export function eachRow(
  bytes: Buffer,
  tell: (view: DataView, idAt: number, start: number, end: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const start = at + USER_ID_BYTES + LENGTH_BYTES;
    const end = start + view.getInt32(start - LENGTH_BYTES);
    tell(view, at, start, end);
    at = end;
  }
}

/** The index has the rows in the order of the answer; the planner would rather sort them all. */
const IN_ORDER = 'set local enable_sort = off; set local enable_hashagg = off';

/** `+ 0` keeps the facets out of the index: searching it for each of thousands takes longer than reading the days. */
function stepsOfDays({ from, to, facetIds }: DaysAsked, users: string): string {
  return `
    select day - date ${escapeLiteral(from)},
      string_agg(uuid_send(user_id) || int4send(length(steps)) || steps, '' order by user_id)
    from user_days
    where day between ${escapeLiteral(from)} and ${escapeLiteral(to)} and ${users}
      and facet_id + 0 = any ('{${facetIds.join(',')}}'::int[])
    group by day
    order by day`;
}

/** Condition on `user_id`, which the index tells: ids are random, so that their first byte makes parts of one size. */
function usersOf(part: number, parts: number): string {
  const start = (of: number): string =>
    `${Math.floor((of * MOST_PARTS) / parts)
      .toString(16)
      .padStart(2, '0')}000000-0000-0000-0000-000000000000`;
  const before = part + 1 < parts ? ` and user_id < '${start(part + 1)}'` : '';
  return `user_id >= '${start(part)}'${before}`;
}

async function countUsers(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ users: number }>(
    'select coalesce(sum(users), 0)::float8 as users from environment_newcomers',
  );
  return rows[0]!.users;
}
