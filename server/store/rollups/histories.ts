/** What each user did, day by day, in one row (table `user_histories`), brought in line with the other rollups. */
import type pg from 'pg';

import {
  type Entries,
  type Entry,
  entryOf,
  inOrder,
  join,
  mergeFirsts,
  readEntries,
} from '../histories/entries.ts';
import { type FirstSeen, dayNumber } from '../histories/format.ts';
import { EventChanges, readEnvironments } from './event-totals.ts';
import { type Computed, historyDays, readErrorTypes } from './history-days.ts';
import type { UserDays } from './marks.ts';
import { readFacets } from './users.ts';
import { ValueChanges, applyValues } from './value-totals.ts';

/** Days from which on the older ones of the recent settle, and how many do not. */
const MANY_DAYS = 32;
const DAYS_LEFT = 8;

/**
 * Puts the user-days, as they were computed, in the place of what histories say of them, and brings the totals of their
 * values and events in line.
 */
export async function updateHistories(
  client: pg.ClientBase,
  taken: UserDays,
  computed: Computed,
): Promise<void> {
  const changes = changesOf(taken);
  for (const day of historyDays(computed, await readErrorTypes(client))) {
    changes.get(day.userId)!.entries.push(entryOf(day));
  }
  const stored = await readStored(client, changes);
  const unknown = [...changes.keys()].filter((userId) => !stored.has(userId));
  // A user without a history may be known since days that none of the taken ones tells of: after migration 9.
  const others = unknown.length > 0 ? await readFacets(client, unknown) : [];
  for (const { user_id, facet_id, day, time } of [...computed.firsts, ...others]) {
    changes.get(user_id)!.firsts.push({ facetId: facet_id, day: dayNumber(day), time });
  }
  const values = new ValueChanges();
  const events = new EventChanges(await readEnvironments(client));
  const histories = [...changes].map(([userId, changed]) => ({
    userId,
    ...change(changed, stored.get(userId) ?? NOTHING_STORED, { values, events }),
  }));
  await write(client, histories);
  await applyValues(client, values);
  await events.apply(client);
}

/** What has changed of one user. */
interface Changes {
  /** Numbers of the days that have changed. */
  days: Set<number>;
  /** What there is now of these days, in any order. */
  entries: Entry[];
  /** Of facets that the user has on these days. */
  firsts: FirstSeen[];
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
  firsts: Buffer;
  recent: Entries;
  /** Null where it stays as it is: none of its days has changed, and none are added. */
  settled: Entries | null;
  /** Number of the last day in `settled`. */
  settledTo: number | null;
}

interface Changed extends Stored {
  recentDays: number;
  /** Number of the last day, or a later one; null where there is none. */
  latestDay: number | null;
  isEmpty: boolean;
}

/** What is added up of all users, and has to follow. */
interface Totals {
  values: ValueChanges;
  events: EventChanges;
}

function change({ days, entries, firsts }: Changes, stored: Stored, { values, events }: Totals): Changed {
  const gone: Entry[] = [];
  const replaceIn = (old: Entries, added: Entry[]): Entry[] => {
    const before = readEntries(old);
    gone.push(...before.filter(({ day }) => days.has(day)));
    return inOrder([...before.filter(({ day }) => !days.has(day)), ...added]);
  };
  const isSettled = ({ day }: Entry): boolean => stored.settledTo !== null && day <= stored.settledTo;
  const recent = replaceIn(
    stored.recent,
    entries.filter((entry) => !isSettled(entry)),
  );
  const settled = stored.settled && replaceIn(stored.settled, entries.filter(isSettled));
  for (const entry of gone) values.take(entry, -1);
  for (const entry of entries) values.take(entry, 1);
  events.take(gone, -1);
  events.take(entries, 1);
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
  const known = mergeFirsts(stored.firsts, firsts);
  const latest = recent.at(-1) ?? settled?.at(-1);
  return {
    firsts: known,
    recent: join(recent),
    recentDays: recentDays.length,
    settled: settled && join(settled),
    settledTo,
    latestDay: latest ? latest.day : settled ? null : settledTo,
    isEmpty:
      known.length === 0 && recent.length === 0 && (settled ? settled.length === 0 : settledTo === null),
  };
}

const NOTHING = Buffer.alloc(0);
const NOTHING_STORED: Stored = {
  firsts: NOTHING,
  recent: { days: NOTHING, values: NOTHING },
  settled: null,
  settledTo: null,
};

async function readStored(
  client: pg.ClientBase,
  changes: ReadonlyMap<string, Changes>,
): Promise<Map<string, Stored>> {
  const userIds = [...changes.keys()];
  const firstDays = [...changes.values()].map(({ days }) => Math.min(...days));
  const { rows } = await client.query<StoredRow>(STORED, [userIds, firstDays]);
  return new Map(
    rows.map((row) => [
      row.user_id,
      {
        firsts: row.firsts,
        recent: { days: row.recent, values: row.recent_values },
        settled: row.is_opened
          ? { days: row.settled ?? NOTHING, values: row.settled_values ?? NOTHING }
          : null,
        settledTo: row.settled_to,
      },
    ]),
  );
}

interface StoredRow {
  user_id: string;
  firsts: Buffer;
  recent: Buffer;
  recent_values: Buffer;
  /** Whether `settled` has to change. Else it was not read. */
  is_opened: boolean;
  settled: Buffer | null;
  settled_values: Buffer | null;
  settled_to: number | null;
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
    kept.map(({ recent }) => recent.days),
    kept.map(({ recent }) => recent.values),
    kept.map(({ recentDays }) => recentDays),
    kept.map(({ settled }) => settled?.days),
    kept.map(({ settled }) => settled?.values),
    kept.map(({ settledTo }) => settledTo),
    kept.map(({ latestDay }) => latestDay),
  ]);
}

const STORED = `
  select user_id, firsts, recent, recent_values, settled_to, is_opened,
    case when is_opened then settled end as settled,
    case when is_opened then settled_values end as settled_values
  from (
    select user_histories.*, first_day <= coalesce(settled_to, first_day - 1) or recent_days >= ${MANY_DAYS} as is_opened
    from user_histories
    join unnest($1::uuid[], $2::int[]) as changed (user_id, first_day) using (user_id)
  ) histories`;

/** Settled days that do not change are not written again: the value keeps its place on the disk. */
const UPSERT = `
  insert into user_histories
    (user_id, firsts, recent, recent_values, recent_days, settled, settled_values, settled_to, latest_day)
  select *
  from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::int[], $6::bytea[], $7::bytea[], $8::int[], $9::int[])
  on conflict (user_id) do update
  set firsts = excluded.firsts, recent = excluded.recent, recent_values = excluded.recent_values,
    recent_days = excluded.recent_days, settled_to = excluded.settled_to, latest_day = excluded.latest_day,
    settled = coalesce(excluded.settled, user_histories.settled),
    settled_values = coalesce(excluded.settled_values, user_histories.settled_values)`;
