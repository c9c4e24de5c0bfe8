/** The crashes of one group: how many, when, where, and the latest of them in full. */
import type pg from 'pg';

import type { CrashType } from '../../lib/record/crash.ts';
import { type Day, type StatsQuery, daysBetween } from './stats/query.ts';
import { rowsInRange } from './stats/raw-rows.ts';
import { inSnapshot } from './stats/snapshot.ts';

/** As stored, without user and session. */
export interface StoredCrash {
  event_id: string;
  timestamp: Date;
  crash_type: CrashType;
  error_message: string;
  stack_trace: string | null;
  context: Record<string, unknown> | null;
  app_version: string;
  os_version: string | null;
  platform: string | null;
  country: string | null;
  environment: string;
}

export interface GroupCrashes {
  crashes: number;
  users: number;
  days: { date: Day; crashes: number }[];
  app_versions: { app_version: string; crashes: number; users: number }[];
  os_versions: { os_version: string; crashes: number; users: number }[];
  /** Newest first. */
  latest: StoredCrash[];
}

const LATEST = 20;

/** Crashes in range with this fingerprint; zeros and empty lists where there is none. */
export function readGroupCrashes(
  pool: pg.Pool,
  query: StatsQuery,
  fingerprint: string,
): Promise<GroupCrashes> {
  const { sql, values } = rowsInRange(query);
  const where = `${sql} and fingerprint = $${values.length + 1}`;
  const given = [...values, fingerprint];
  return inSnapshot(pool, async (client) => {
    const total = await client.query<{ crashes: number; users: number }>(
      `select count(*)::int as crashes, count(distinct user_id)::int as users from crashes where ${where}`,
      given,
    );
    const days = await client.query<{ date: Day; crashes: number }>(
      `select (timestamp at time zone 'UTC')::date::text as date, count(*)::int as crashes
       from crashes where ${where} group by 1`,
      given,
    );
    const appVersions = await client.query<GroupCrashes['app_versions'][number]>(
      by('app_version', where),
      given,
    );
    const osVersions = await client.query<GroupCrashes['os_versions'][number]>(
      by('os_version', where),
      given,
    );
    const latest = await client.query<StoredCrash>(
      `select event_id, timestamp, crash_type, error_message, stack_trace, context, app_version, os_version,
         platform, country, environment
       from crashes where ${where}
       order by timestamp desc, event_id desc
       limit ${LATEST}`,
      given,
    );
    const crashesOn = new Map(days.rows.map(({ date, crashes }) => [date, crashes]));
    return {
      ...total.rows[0]!,
      days: daysBetween(query.from, query.to).map((date) => ({ date, crashes: crashesOn.get(date) ?? 0 })),
      app_versions: appVersions.rows,
      os_versions: osVersions.rows,
      latest: latest.rows,
    };
  });
}

function by(column: 'app_version' | 'os_version', where: string): string {
  return `
    select coalesce(nullif(${column}, ''), 'unknown') as ${column}, count(*)::int as crashes,
      count(distinct user_id)::int as users
    from crashes where ${where}
    group by 1
    order by crashes desc, 1`;
}
