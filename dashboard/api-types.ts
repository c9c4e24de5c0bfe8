/** What the server answers, as far as the dashboard shows it. Every field is defined in docs/metrics.md. */
import type { Catalogue } from '../lib/record/catalogue.ts';
import type { Figure } from './format.ts';

export interface DayUsers {
  date: string;
  users: number;
}

export interface Stats {
  from: string;
  to: string;
  growth: {
    total_users: number;
    active_users_1d: number;
    active_users_7d: number;
    active_users_30d: number;
    new_users_7d: number;
    new_users_30d: number;
    retention_7d: Figure;
    retention_30d: Figure;
    growth_rate_wow: Figure;
    users_by_country: { country: string; users: number }[];
  };
  usage: {
    total_recordings: number;
    total_minutes_recorded: number;
    total_hours_transcribed: number;
    recordings_per_user: Figure;
    average_session_seconds: Figure;
    daily_active_users: DayUsers[];
    weekly_active_users: { week_start: string; users: number }[];
  };
  adoption: {
    auto_paste_rate: Figure;
    recordings_by_source: { widget: number; main_window: number };
    widget_share: Figure;
    dictionary_usage_rate: Figure;
    dictionary_uses: number;
    retry_usage_rate: Figure;
    retries: number;
  };
  quality: {
    success_rate: Figure;
    error_rate: Figure;
    average_processing_seconds: Figure;
    p50_processing_seconds: Figure;
    p95_processing_seconds: Figure;
    errors_by_type: { error_type: string; count: number; rate: Figure }[];
    average_startup_seconds: Figure;
  };
  stability: {
    crashes: number;
    crashes_7d: number;
    crashes_30d: number;
    crash_free_users_rate: Figure;
    crash_free_sessions_rate: Figure;
    crashes_per_active_user: Figure;
    crashes_per_day: { date: string; crashes: number }[];
    top_crash_types: { crash_type: string; crashes: number; users: number }[];
    crashes_by_app_version: { app_version: string; crashes: number; users: number }[];
    crashes_by_os_version: { os_version: string; crashes: number; users: number }[];
    median_seconds_to_first_crash: Figure;
  };
  business: {
    total_cost_usd: number;
    cost_usd_7d: number;
    cost_usd_30d: number;
    average_cost_usd_per_user_30d: Figure;
    recordings_per_active_user_7d: Figure;
    feature_stickiness_7d: { auto_paste: Figure; widget: Figure; dictionary: Figure; retry: Figure };
    churned_users: number;
    churn_rate: Figure;
  };
}

export interface Funnel {
  steps: { event: string; users: number; rate: Figure }[];
}

export interface Cohorts {
  cohorts: { week_start: string; users: number; active: number[] }[];
}

export type GroupStatus = 'open' | 'resolved' | 'ignored';

export interface CrashGroup {
  fingerprint: string;
  title: string;
  crash_type: string;
  crashes: number;
  users: number;
  first_seen: string;
  last_seen: string;
  app_versions: string[];
  status: GroupStatus;
}

export interface CrashGroups {
  groups: CrashGroup[];
}

/** One day of `GET /stats/daily`: the figures of that day alone. */
export interface Day {
  date: string;
  active_users: number;
  new_users: number;
  recordings: number;
  completed: number;
  failed: number;
  cost_usd: number;
  crashes: number;
  /** Active users of the day with a crash in it. */
  crashed_users: number;
}

export interface Daily {
  days: Day[];
}

/** What the sections of figures are drawn from. */
export interface Figures extends Stats {
  days: Day[];
}

export interface Release {
  app_version: string;
  users: number;
  /** Of the users active in the range. */
  share: Figure;
  crash_free_users_rate: Figure;
  crashes: number;
  first_day: string;
  days: { date: string; users: number }[];
}

export interface Releases {
  /** Newest version first. */
  releases: Release[];
}

/** `GET /stats/catalogue`: the events that the app may send. */
export interface CatalogueAnswer {
  events: Catalogue;
}

/** `GET /stats/events` */
export interface EventCounts {
  events: { event: string; count: number; users: number }[];
}

/** `GET /stats/events/:name` */
export interface EventSeries {
  event: string;
  count: number;
  users: number;
  series: { date: string; count: number; users: number }[];
  property?: PropertySummary;
}

export type PropertySummary =
  | {
      name: string;
      type: 'number' | 'integer';
      count: number;
      sum: number;
      mean: Figure;
      p50: Figure;
      p95: Figure;
    }
  | { name: string; type: 'string' | 'enum' | 'boolean'; values: { value: string; count: number }[] };

/** `GET /stats/recent`: newest first. */
export interface Recent {
  records: RecentRecord[];
}

export interface RecentRecord {
  kind: 'event' | 'crash';
  event_id: string;
  timestamp: string;
  stored_at: string;
  /** Event name or crash type. */
  name: string;
  properties: Record<string, string | number | boolean> | null;
  error_message: string | null;
  app_version: string;
  platform: string | null;
  country: string | null;
  environment: string;
}

/** `GET /stats/crash-modules` */
export interface CrashModules {
  modules: { module: string; crashes: number }[];
}

/** `GET /stats/crash-groups/:fingerprint/crashes` */
export interface GroupCrashes {
  crashes: number;
  users: number;
  days: { date: string; crashes: number }[];
  app_versions: { app_version: string; crashes: number; users: number }[];
  os_versions: { os_version: string; crashes: number; users: number }[];
  /** Newest first. */
  latest: StoredCrash[];
}

export interface StoredCrash {
  event_id: string;
  timestamp: string;
  crash_type: string;
  error_message: string;
  stack_trace: string | null;
  context: Record<string, unknown> | null;
  app_version: string;
  os_version: string | null;
  platform: string | null;
  country: string | null;
  environment: string;
}

/** `GET /system/delivery` */
export interface Delivery {
  /** Verdicts are counted since then, by the server that answered. */
  since: string;
  records: { kind: string; result: string; count: number }[];
  stripped: number;
  waiting: { event: number; crash: number };
  /** Totals that clients told, of all time. */
  dropped: { reason: string; records: number; users: number }[];
}

/** `GET /system/storage` */
export interface Storage {
  database_bytes: number;
  tables: { table: string; rows: number; bytes: number }[];
  oldest_record: string | null;
  records_per_day: number;
  retention_days: number;
  limit_bytes: number | null;
  /** Day on which the host takes the database away. */
  expires_on: string | null;
}

/** `GET /system/settings` */
export interface ServerSettings {
  version: string;
  node: string;
  started_at: string;
  open_ingestion: boolean;
  settings: { name: string; value: string }[];
}
