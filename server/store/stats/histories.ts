/** All histories of users, one after the other: whatever is asked of users, a single pass over them answers. */
import type { ClientBase } from 'pg';

import { type CopiedRow, eachCopiedRow } from '../binary-copy.ts';
import { DayReader, FirstReader } from '../histories/readers.ts';
import { useOneProcess } from './snapshot.ts';

/** The history of one user. It is the same object for every user: read it before the next one is told. */
export interface UserHistory {
  firsts: FirstReader;
  days: DayReader;
  userId: () => string;
}

/** In the transaction of `client`. */
export async function eachHistory(client: ClientBase, tell: (history: UserHistory) => void): Promise<void> {
  const [firsts, days] = [new FirstReader(), new DayReader()];
  let row: CopiedRow;
  const history = { firsts, days, userId: () => uuidAt(row.bytes, row.starts[0]!) };
  await eachRow(
    client,
    `select user_id, firsts, coalesce(settled, '') || recent from user_histories`,
    (next) => {
      row = next;
      firsts.open(row.bytes, row.starts[1]!, row.ends[1]!);
      days.open(row.bytes, row.starts[2]!, row.ends[2]!);
      tell(history);
    },
  );
}

/** For those who only ask who is known with which facets. */
export async function eachFirsts(client: ClientBase, tell: (firsts: FirstReader) => void): Promise<void> {
  const firsts = new FirstReader();
  await eachRow(client, 'select firsts from user_histories', ({ bytes, starts, ends }) => {
    firsts.open(bytes, starts[0]!, ends[0]!);
    tell(firsts);
  });
}

async function eachRow(client: ClientBase, select: string, tell: (row: CopiedRow) => void): Promise<void> {
  // Worker processes would have to hand each row on, which takes longer than to read it.
  await useOneProcess(client);
  await eachCopiedRow(client, select, tell);
}

/** The day of the user's first event with one of the facets; infinite where there is none. */
export function firstDayOf({ firsts }: UserHistory, matches: Uint8Array): number {
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
