/** What each user did, day by day, in one row (table `user_histories`), brought in line with the other rollups. */
import type pg from 'pg';

import { type FirstSeen, dayNumber, encodeDay, encodeFirsts, secondOf } from '../histories/format.ts';
import { DayReader } from '../histories/readers.ts';
import { readFirstSeen, readHistoryDays } from './history-days.ts';
import type { UserDays } from './marks.ts';

/** Days from which on the older ones of the recent settle, and how many do not. */
const MANY_DAYS = 32;
const DAYS_LEFT = 8;

/** Puts the user-days, as the other rollups hold them by now, in the place of what histories say of them. */
export async function updateHistories(client: pg.ClientBase, taken: UserDays): Promise<void> {
  const changes = changesOf(taken);
  for (const { userId, ...did } of await readHistoryDays(client, taken)) {
    changes.get(userId)!.entries.push({
      day: did.day,
      firstSecond: did.steps.length === 0 ? 0 : secondOf(did.steps.reduce((a, b) => Math.min(a, b))),
      facetId: did.facetId,
      bytes: encodeDay(did),
    });
  }
  for (const { userId, ...first } of await readFirstSeen(client, [...changes.keys()])) {
    changes.get(userId)!.firsts.push(first);
  }
  const stored = await readStored(client, changes);
  const histories = [...changes].map(([userId, changed]) => ({
    userId,
    ...change(changed, stored.get(userId)),
  }));
  await write(client, histories);
}

/** What has changed of one user. */
interface Changes {
  /** Numbers of the days that have changed. */
  days: Set<number>;
  /** What there is now of these days, in any order. */
  entries: Entry[];
  firsts: FirstSeen[];
}

interface Entry {
  day: number;
  /** Of the day; 0 where there is no event. */
  firstSecond: number;
  facetId: number;
  bytes: Uint8Array;
}

function changesOf({ userIds, days }: UserDays): Map<string, Changes> {
  const changes = new Map<string, Changes>();
  userIds.forEach((userId, i) => {
    const changed = changes.get(userId) ?? { days: new Set(), entries: [], firsts: [] };
    changed.days.add(dayNumber(days[i]!));
    changes.set(userId, changed);
  });
  return changes;
}

interface Stored {
  recent: Buffer;
  /** Null where it stays as it is: none of its days has changed, and none are added. */
  settled: Buffer | null;
  /** Number of the last day in `settled`. */
  settledTo: number | null;
}

interface Changed extends Stored {
  firsts: Buffer;
  recentDays: number;
  isEmpty: boolean;
}

function change({ days, entries, firsts }: Changes, stored: Stored = NOTHING_STORED): Changed {
  const isSettled = ({ day }: Entry): boolean => stored.settledTo !== null && day <= stored.settledTo;
  const recent = merge(
    stored.recent,
    days,
    entries.filter((entry) => !isSettled(entry)),
  );
  const settled = stored.settled && merge(stored.settled, days, entries.filter(isSettled));
  const recentDays = [...new Set(recent.map(({ day }) => day))];
  let { settledTo } = stored;
  if (settled && recentDays.length >= MANY_DAYS) {
    settledTo = recentDays.splice(0, recentDays.length - DAYS_LEFT).at(-1)!;
    settled.push(
      ...recent.splice(
        0,
        recent.findIndex(({ day }) => day > settledTo!),
      ),
    );
  }
  return {
    firsts: encodeFirsts(firsts.toSorted((a, b) => a.facetId - b.facetId)),
    recent: join(recent),
    recentDays: recentDays.length,
    settled: settled && join(settled),
    settledTo,
    isEmpty:
      firsts.length === 0 && recent.length === 0 && (settled ? settled.length === 0 : settledTo === null),
  };
}

const NOTHING_STORED: Stored = { recent: Buffer.alloc(0), settled: null, settledTo: null };

/** The entries of `bytes` but for those of `days`, with `entries` among them. */
function merge(bytes: Buffer, days: ReadonlySet<number>, entries: Entry[]): Entry[] {
  const kept: Entry[] = [];
  const reader = new DayReader();
  reader.open(bytes, 0, bytes.length);
  while (reader.next()) {
    const { day, firstSecond, facetId, start, end } = reader;
    if (!days.has(day)) kept.push({ day, firstSecond, facetId, bytes: bytes.subarray(start, end) });
  }
  return [...kept, ...entries].sort(
    (a, b) => a.day - b.day || a.firstSecond - b.firstSecond || a.facetId - b.facetId,
  );
}

function join(entries: readonly Entry[]): Buffer {
  return Buffer.concat(entries.map(({ bytes }) => bytes));
}

async function readStored(
  client: pg.ClientBase,
  changes: ReadonlyMap<string, Changes>,
): Promise<Map<string, Stored>> {
  const userIds = [...changes.keys()];
  const firstDays = [...changes.values()].map(({ days }) => Math.min(...days));
  const { rows } = await client.query<{
    user_id: string;
    recent: Buffer;
    settled: Buffer | null;
    settled_to: number | null;
  }>(STORED, [userIds, firstDays]);
  return new Map(
    rows.map(({ user_id, recent, settled, settled_to }) => [
      user_id,
      { recent, settled, settledTo: settled_to },
    ]),
  );
}

async function write(
  client: pg.ClientBase,
  histories: readonly (Changed & { userId: string })[],
): Promise<void> {
  const kept = histories.filter(({ isEmpty }) => !isEmpty);
  const empty = histories.filter(({ isEmpty }) => isEmpty);
  if (empty.length > 0) {
    await client.query('delete from user_histories where user_id = any ($1::uuid[])', [
      empty.map(({ userId }) => userId),
    ]);
  }
  await client.query(UPSERT, [
    kept.map(({ userId }) => userId),
    kept.map(({ firsts }) => firsts),
    kept.map(({ recent }) => recent),
    kept.map(({ recentDays }) => recentDays),
    kept.map(({ settled }) => settled),
    kept.map(({ settledTo }) => settledTo),
  ]);
}

const STORED = `
  select user_id, recent, settled_to,
    case when first_day <= settled_to or recent_days >= ${MANY_DAYS} then coalesce(settled, '') end as settled
  from user_histories
  join unnest($1::uuid[], $2::int[]) as changed (user_id, first_day) using (user_id)`;

/** Settled days that do not change are not written again: the value keeps its place on the disk. */
const UPSERT = `
  insert into user_histories (user_id, firsts, recent, recent_days, settled, settled_to)
  select * from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::int[], $5::bytea[], $6::int[])
  on conflict (user_id) do update
  set firsts = excluded.firsts, recent = excluded.recent, recent_days = excluded.recent_days,
    settled = coalesce(excluded.settled, user_histories.settled), settled_to = excluded.settled_to`;
