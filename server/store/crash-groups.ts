/**
 * Crashes of one fault. Which crashes belong together is decided when they are stored (`lib/record/fingerprint.ts`);
 * here they are counted, and what people decided about a group is kept.
 */
import type pg from 'pg';

import { rowsInRange } from './stats/raw-rows.ts';
import type { StatsQuery } from './stats/query.ts';
import { inSnapshot } from './stats/snapshot.ts';
import { compareVersions, newestVersion } from './version-order.ts';

export const GROUP_STATUSES = ['open', 'resolved', 'ignored'] as const;
export type GroupStatus = (typeof GROUP_STATUSES)[number];

/** All figures are of the crashes in range that match. */
export interface CrashGroup {
  fingerprint: string;
  /** Of the latest crash. */
  title: string;
  crash_type: string;
  crashes: number;
  users: number;
  first_seen: Date;
  last_seen: Date;
  /** Oldest first. */
  app_versions: string[];
  status: GroupStatus;
}

export interface CrashGroupQuery extends StatsQuery {
  crashType?: string | undefined;
  /** Name of a native module: only crashes with a frame in it. */
  module?: string | undefined;
}

/** By descending crashes, then by fingerprint. */
export async function readCrashGroups(pool: pg.Pool, query: CrashGroupQuery): Promise<CrashGroup[]> {
  await reopenSeenAgain(pool);
  const { sql, values } = rowsInRange(query);
  const parts = [sql];
  const add = (value: string, condition: (parameter: string) => string): void => {
    values.push(value);
    parts.push(condition(`$${values.length}::text`));
  };
  if (query.crashType !== undefined) add(query.crashType, (type) => `crash_type = ${type}`);
  if (query.module !== undefined) {
    add(query.module, (name) => `position('at ' || ${name} || '+0x' in coalesce(stack_trace, '')) > 0`);
  }
  return inSnapshot(pool, async (client) => {
    const { rows } = await client.query<CrashGroup>(
      `select groups.*, coalesce(status, 'open') as status
       from (
         select fingerprint,
           (array_agg(title order by timestamp desc, event_id desc))[1] as title,
           (array_agg(crash_type order by timestamp desc, event_id desc))[1] as crash_type,
           count(*)::int as crashes,
           count(distinct user_id)::int as users,
           min(timestamp) as first_seen,
           max(timestamp) as last_seen,
           array_agg(distinct app_version) as app_versions
         from crashes
         where ${parts.join(' and ')}
         group by fingerprint
       ) groups
       left join crash_groups using (fingerprint)
       order by crashes desc, fingerprint`,
      values,
    );
    for (const group of rows) group.app_versions.sort(compareVersions);
    return rows;
  });
}

export interface GroupDecision {
  fingerprint: string;
  status: GroupStatus;
  resolved_in_version: string | null;
}

/** Null where no crash of this group is stored. */
export async function setGroupStatus(
  pool: pg.Pool,
  fingerprint: string,
  status: GroupStatus,
): Promise<GroupDecision | null> {
  const { rows } = await pool.query<{ app_version: string }>(
    'select distinct app_version from crashes where fingerprint = $1',
    [fingerprint],
  );
  const newest = newestVersion(rows.map((row) => row.app_version));
  if (newest === null) return null;
  const decision: GroupDecision = {
    fingerprint,
    status,
    resolved_in_version: status === 'resolved' ? newest : null,
  };
  await pool.query(
    `insert into crash_groups (fingerprint, status, resolved_in_version, changed_at) values ($1, $2, $3, now())
     on conflict (fingerprint) do update
     set status = excluded.status, resolved_in_version = excluded.resolved_in_version, changed_at = excluded.changed_at`,
    [fingerprint, status, decision.resolved_in_version],
  );
  return decision;
}

/**
 * Opens resolved groups again that were seen in a newer version. Done when somebody looks, not when a crash is
 * stored: nothing else depends on it, and the way of a record stays short.
 */
async function reopenSeenAgain(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{
    fingerprint: string;
    resolved_in_version: string;
    app_version: string;
  }>(
    `select distinct fingerprint, resolved_in_version, app_version
     from crash_groups join crashes using (fingerprint)
     where status = 'resolved'`,
  );
  const reopened = rows.filter((row) => compareVersions(row.app_version, row.resolved_in_version) > 0);
  if (reopened.length === 0) return;
  await pool.query(
    `update crash_groups set status = 'open', resolved_in_version = null, changed_at = now()
     from unnest($1::text[], $2::text[]) as seen (fingerprint, resolved_in_version)
     where crash_groups.fingerprint = seen.fingerprint
       and crash_groups.resolved_in_version = seen.resolved_in_version`,
    [reopened.map((row) => row.fingerprint), reopened.map((row) => row.resolved_in_version)],
  );
}
