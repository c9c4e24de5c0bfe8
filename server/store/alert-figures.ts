/** What the rules of the alerts look at. Cheap enough to be asked every minute, however much is stored. */
import type pg from 'pg';

/** `transcription_completed` and `transcription_failed` of production in a stretch of time. */
export async function readOutcomes(
  client: pg.ClientBase,
  from: Date,
  to: Date,
): Promise<{ completed: number; failed: number }> {
  const { rows } = await client.query<{ completed: number; failed: number }>(
    `select (count(*) filter (where event = 'transcription_completed'))::int as completed,
       (count(*) filter (where event = 'transcription_failed'))::int as failed
     from events
     where timestamp > $1 and timestamp <= $2 and environment = 'production'
       and event in ('transcription_completed', 'transcription_failed')`,
    [from, to],
  );
  return rows[0]!;
}

export interface NewCrashGroup {
  fingerprint: string;
  title: string;
  crash_type: string;
  app_version: string;
}

/** How far back new crashes are looked for, should no server have looked for a while. */
const LOOK_BACK = '1 day';

/** Crash groups of production that were not known, oldest first; they are known from now on. */
export async function takeNewCrashGroups(client: pg.ClientBase, now: Date): Promise<NewCrashGroup[]> {
  const { rows } = await client.query<NewCrashGroup>(
    `with firsts as (
       select distinct on (fingerprint) fingerprint, title, crash_type, app_version, created_at
       from crashes
       where created_at > $1::timestamptz - $2::interval
         and crash_type <> 'handled_error' and environment = 'production'
         and not exists (select from known_crash_groups known where known.fingerprint = crashes.fingerprint)
       order by fingerprint, created_at, event_id
     ),
     taken as (
       insert into known_crash_groups (fingerprint)
       select fingerprint from firsts
       on conflict do nothing
       returning fingerprint
     )
     select fingerprint, title, crash_type, app_version
     from firsts join taken using (fingerprint)
     order by created_at, fingerprint`,
    [now, LOOK_BACK],
  );
  return rows;
}

/** How long silences are remembered: long enough for weekends to be usual. */
const REMEMBERED = '14 days';

/** What a first look notes: a look at two weeks of records could take long. */
const FIRST_LOOK = '1 hour';

/** Notes the minutes in which something was stored, from the last that was noted on. */
export async function noteArrivals(client: pg.ClientBase, now: Date): Promise<void> {
  await client.query('delete from arrivals where minute < $1::timestamptz - $2::interval', [now, REMEMBERED]);
  const { rows } = await client.query<{ since: Date }>(
    'select coalesce(max(minute), $1::timestamptz - $2::interval) as since from arrivals',
    [now, FIRST_LOOK],
  );
  await client.query(
    `insert into arrivals (minute)
     select date_trunc('minute', created_at) from events where created_at >= $1
     union
     select date_trunc('minute', created_at) from crashes where created_at >= $1
     on conflict do nothing`,
    [rows[0]!.since],
  );
}

export interface Arrivals {
  first: Date | null;
  last: Date | null;
  /** Between two arrivals; those that an alert told of are not usual. */
  longestGapMinutes: number;
}

export async function readArrivals(client: pg.ClientBase): Promise<Arrivals> {
  const { rows } = await client.query<{ first: Date | null; last: Date | null; gap: number | null }>(
    `select min(minute) as first, max(minute) as last,
       max(extract(epoch from next - minute)::float8 / 60) filter (
         where not exists (
           select from alerts where rule = 'silence' and opened_at > minute and opened_at < next
         )
       ) as gap
     from (select minute, lead(minute) over (order by minute) as next from arrivals) stretches`,
  );
  const { first, last, gap } = rows[0]!;
  return { first, last, longestGapMinutes: gap ?? 0 };
}
