/**
 * What users did, as `user_days.steps` has it: of each day one buffer that holds, for every row of the day, the user's
 * id, the length of the steps and these; rows of a user behind each other. A step takes eight bytes: six of
 * microseconds since the start of the day, two of the event's `name_id`. The steps of a row are in no order.
 */
import { type ClientBase, escapeLiteral } from 'pg';

import { copyRows } from '../binary-copy.ts';
import type { Day } from './query.ts';

export const DAY_MICROSECONDS = 86_400_000_000;
export const STEP_BYTES = 8;
/** Where a step has its `name_id`. */
export const NAME_AT = 6;
/** So many different `name_id`s fit into a step. */
export const NAME_IDS = 65_536;

const USER_ID_BYTES = 16;
const LENGTH_BYTES = 4;

/** Users whose state is in memory at a time; of more, a part is looked at after the other. */
export const USERS_PER_PART = 250_000;

export interface DaysAsked {
  from: Day;
  to: Day;
  facetIds: readonly number[];
}

/** Days that have steps, in order, for one part of the users after the other. `dayIndex` counts from `from`. */
export async function* readParts(
  client: ClientBase,
  asked: DaysAsked,
  usersPerPart = USERS_PER_PART,
): AsyncGenerator<AsyncGenerator<{ dayIndex: number; bytes: Buffer }>> {
  const parts = Math.max(1, Math.ceil((await countUsers(client)) / usersPerPart));
  await client.query(IN_ORDER);
  for (let part = 0; part < parts; part += 1) yield readDays(client, stepsOfDays(asked, { part, parts }));
}

async function* readDays(client: ClientBase, select: string) {
  for await (const [day, steps] of copyRows(client, select)) {
    yield { dayIndex: day!.readInt32BE(), bytes: steps! };
  }
}

/** Tells each row of a day: whose it is, and where its steps begin and end. */
export function eachRow(
  bytes: Buffer,
  tell: (userId: string, view: DataView, start: number, end: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const userId = bytes.toString('latin1', at, at + USER_ID_BYTES);
    const start = at + USER_ID_BYTES + LENGTH_BYTES;
    at = start + view.getInt32(start - LENGTH_BYTES);
    tell(userId, view, start, at);
  }
}

/** The index has the rows in the order of the answer; the planner would rather sort them all. */
const IN_ORDER = 'set local enable_sort = off; set local enable_hashagg = off';

/**
 * Parts of users are made by a byte of their ids. `+ 0` keeps the facets out of the index: searching it for each of
 * thousands takes longer than reading the days.
 */
function stepsOfDays(
  { from, to, facetIds }: DaysAsked,
  { part, parts }: { part: number; parts: number },
): string {
  return `
    select day - date ${escapeLiteral(from)},
      string_agg(uuid_send(user_id) || int4send(length(steps)) || steps, '' order by user_id)
    from user_days
    where day between ${escapeLiteral(from)} and ${escapeLiteral(to)} and facet_id + 0 = any ('{${facetIds.join(',')}}'::int[])
      ${parts === 1 ? '' : `and get_byte(uuid_send(user_id), 0) % ${parts} = ${part}`}
    group by day
    order by day`;
}

async function countUsers(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ users: number }>(
    'select coalesce(sum(users), 0)::float8 as users from environment_newcomers',
  );
  return rows[0]!.users;
}
