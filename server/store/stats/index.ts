/** All figures of `GET /stats`: read from the rollups, then put together as their definitions say. */
import type pg from 'pg';

import { matchingFacets } from './facets.ts';
import type { Gathered } from './gathered.ts';
import { gatherFiltered } from './of-filters.ts';
import { gatherOfEnvironment } from './of-environment.ts';
import { type StatsQuery, daysBetween, weeksTouching } from './query.ts';
import { inSnapshot } from './snapshot.ts';

export type Stats = ReturnType<typeof figuresOf>;

/** How many countries are listed. */
const COUNTRIES = 10;

export function readStats(pool: pg.Pool, query: StatsQuery): Promise<Stats> {
  return inSnapshot(pool, async (client) => {
    const facets = await matchingFacets(client, query);
    const { environment, ids } = facets;
    return figuresOf(
      query,
      environment === null
        ? await gatherFiltered(pool, client, query, facets)
        : await gatherOfEnvironment(pool, client, query, environment, ids),
    );
  });
}

function figuresOf(
  query: StatsQuery,
  { sums, usersByDay, usersByWeek, processing, failures, users, soFar, sessions, crashes }: Gathered,
) {
  const { range, week, month } = sums;
  const attempts = range.transcriptions + range.failures;
  const { widget_recordings: widget, main_window_recordings: mainWindow } = range;
  const churned = soFar.total_users - users.active_30d;
  return {
    from: query.from,
    to: query.to,
    growth: {
      total_users: soFar.total_users,
      active_users_1d: users.active_1d,
      active_users_7d: users.active_7d,
      active_users_30d: users.active_30d,
      new_users_7d: soFar.new_users_7d,
      new_users_30d: soFar.new_users_30d,
      retention_7d: ratio(soFar.retained_7d, soFar.eligible_7d),
      retention_30d: ratio(soFar.retained_30d, soFar.eligible_30d),
      growth_rate_wow: ratio(soFar.total_users - soFar.total_users_week_ago, soFar.total_users_week_ago),
      users_by_country: users.countries.slice(0, COUNTRIES),
    },
    usage: {
      total_recordings: range.recordings,
      total_minutes_recorded: range.recorded_seconds / 60,
      total_hours_transcribed: range.transcribed_seconds / 3600,
      recordings_per_user: ratio(range.recordings, users.active),
      average_session_seconds: ratio(sessions.seconds, sessions.sessions),
      daily_active_users: daysBetween(query.from, query.to).map((date, i) => ({
        date,
        users: usersByDay[i]!,
      })),
      weekly_active_users: weeksTouching(query).map((weekStart, i) => ({
        week_start: weekStart,
        users: usersByWeek[i]!,
      })),
    },
    adoption: {
      auto_paste_rate: ratio(users.auto_paste, users.active),
      recordings_by_source: { widget, main_window: mainWindow },
      widget_share: ratio(widget, widget + mainWindow),
      dictionary_usage_rate: ratio(users.dictionary, users.active),
      retry_usage_rate: ratio(users.retry, users.active),
      dictionary_uses: range.dictionary_uses,
      retries: range.retries,
    },
    quality: {
      success_rate: ratio(range.transcriptions, attempts),
      error_rate: ratio(range.failures, attempts),
      average_processing_seconds: processing.mean,
      p50_processing_seconds: processing.p50,
      p95_processing_seconds: processing.p95,
      errors_by_type: failures.map(({ error_type, count }) => ({
        error_type,
        count,
        rate: ratio(count, attempts),
      })),
      average_startup_seconds: ratio(range.startup_seconds, range.startups),
    },
    stability: {
      crashes: crashes.crashes,
      crashes_7d: crashes.crashes_7d,
      crashes_30d: crashes.crashes_30d,
      crash_free_users_rate: complement(ratio(users.crashed, users.active)),
      crash_free_sessions_rate: complement(ratio(sessions.crashed, sessions.sessions)),
      crashes_per_active_user: ratio(crashes.crashes, users.active),
      crashes_per_day: crashes.per_day,
      top_crash_types: crashes.types,
      crashes_by_app_version: crashes.app_versions,
      crashes_by_os_version: crashes.os_versions,
      median_seconds_to_first_crash: soFar.median_seconds_to_first_crash,
    },
    business: {
      total_cost_usd: sums.soFar.cost_usd,
      cost_usd_7d: week.cost_usd,
      cost_usd_30d: month.cost_usd,
      average_cost_usd_per_user_30d: ratio(month.cost_usd, users.active_30d),
      recordings_per_active_user_7d: ratio(week.recordings, users.active_7d),
      feature_stickiness_7d: {
        auto_paste: ratio(users.auto_paste_7d, users.active_7d),
        widget: ratio(users.widget_7d, users.active_7d),
        dictionary: ratio(users.dictionary_7d, users.active_7d),
        retry: ratio(users.retry_7d, users.active_7d),
      },
      churned_users: churned,
      churn_rate: ratio(churned, soFar.total_users),
    },
  };
}

/** Of nothing there is no ratio. */
function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function complement(share: number | null): number | null {
  return share === null ? null : 1 - share;
}
