/** All histories of users, one after the other: whatever is asked of users, a single pass over them answers. */
import type { ClientBase } from 'pg';

import { type CopiedRow, eachCopiedRow } from '../binary-copy.ts';
import { DayReader } from '../histories/day-columns.ts';
import { dayNumber } from '../histories/format.ts';
import { FirstReader, ValueReader } from '../histories/readers.ts';
import type { Day } from './query.ts';
import { useOneProcess } from './snapshot.ts';

/** The history of one user. It is the same object for every user: read it before the next one is told. */
export interface UserHistory {
  userId: () => string;
  firsts: FirstReader;
  days: DayReader;
  /** Go to the next ones whenever the present day has any. */
  values: ValueReader;
}

type Part = keyof UserHistory;

/** Two columns are those of settled days and of recent ones. */
const COLUMNS: Record<Part, readonly string[]> = {
  userId: ['user_id'],
  firsts: ['firsts'],
  days: ['settled', 'recent'],
  values: ['settled_values', 'recent_values'],
};

/**
 * Tells what is asked for of each user, in the transaction of `client`: the fewer parts, the faster. With `since`, users
 * who did nothing from that day on may be left out.
 */
export async function eachHistory<Asked extends Part>(
  client: ClientBase,
  parts: readonly Asked[],
  tell: (history: Pick<UserHistory, Asked>) => void,
  since?: Day,
): Promise<void> {
  const columns = parts.flatMap((part) => COLUMNS[part]);
  const columnOf = (part: Part): number => columns.indexOf(COLUMNS[part][0]!);
  const [userId, first, day, value] = [
    columnOf('userId'),
    columnOf('firsts'),
    columnOf('days'),
    columnOf('values'),
  ];
  const [firsts, days, values] = [new FirstReader(), new DayReader(), new ValueReader()];
  let row: CopiedRow;
  const history: UserHistory = { firsts, days, values, userId: () => uuidAt(row.bytes, row.starts[userId]!) };
  // Worker processes would have to hand each row on, which takes longer than to read it.
  await useOneProcess(client);
  const latest = since === undefined ? '' : ` where latest_day >= ${dayNumber(since)}`;
  await eachCopiedRow(client, `select ${columns.join(', ')} from user_histories${latest}`, (next) => {
    row = next;
    const { bytes, starts, ends } = row;
    if (first !== -1) firsts.open(bytes, starts[first]!, ends[first]!);
    if (day !== -1) days.open(bytes, starts[day]!, ends[day]!, starts[day + 1], ends[day + 1]);
    if (value !== -1) values.open(bytes, starts[value]!, ends[value]!, starts[value + 1], ends[value + 1]);
    tell(history);
  });
}

/** The day of the user's first event with one of the facets; infinite where there is none. */
export function firstDayOf(firsts: FirstReader, matches: Uint8Array): number {
  let day = Number.POSITIVE_INFINITY;
  while (firsts.next()) if (matches[firsts.facetId] === 1) day = Math.min(day, firsts.day);
  return day;
}

function uuidAt(bytes: Buffer, at: number): string {
  const digits = bytes.toString('hex', at, at + 16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}
