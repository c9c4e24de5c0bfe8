/** All histories of users, one after the other: whatever is asked of users, a single pass over them answers. */
import type { ClientBase } from 'pg';

import { type CopiedRow, eachCopiedRow } from '../binary-copy.ts';
import { DayReader, FirstReader, ValueReader } from '../histories/readers.ts';
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

const COLUMNS: Record<Part, string> = {
  userId: 'user_id',
  firsts: 'firsts',
  days: `coalesce(settled, '') || recent`,
  values: `coalesce(settled_values, '') || recent_values`,
};

/** Tells what is asked for of each user, in the transaction of `client`: the fewer parts, the faster. */
export async function eachHistory<Asked extends Part>(
  client: ClientBase,
  parts: readonly Asked[],
  tell: (history: Pick<UserHistory, Asked>) => void,
): Promise<void> {
  const columnOf = (part: Part): number => (parts as readonly Part[]).indexOf(part);
  const readers = { firsts: new FirstReader(), days: new DayReader(), values: new ValueReader() };
  const asked = Object.entries(readers).flatMap(([part, reader]) => {
    const column = columnOf(part as Part);
    return column === -1 ? [] : [{ reader, column }];
  });
  const userId = columnOf('userId');
  let row: CopiedRow;
  const history: UserHistory = { ...readers, userId: () => uuidAt(row.bytes, row.starts[userId]!) };
  // Worker processes would have to hand each row on, which takes longer than to read it.
  await useOneProcess(client);
  const select = `select ${parts.map((part) => COLUMNS[part]).join(', ')} from user_histories`;
  await eachCopiedRow(client, select, (next) => {
    row = next;
    for (const { reader, column } of asked) reader.open(row.bytes, row.starts[column]!, row.ends[column]!);
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
