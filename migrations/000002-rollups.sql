-- Rollups: what the figures are computed from, so that they need not read every event.
--
-- All of them follow from events and crashes, user-day by user-day: the aggregator deletes the marks of some
-- user-days, computes their rows anew, and brings the rows per user up to date, in one transaction. Late and
-- repeated records, erasure and retention all go that way. Days are UTC days. Nothing is approximate.

-- When a mark was made tells how old the figures are while there is a backlog; the index lets the aggregator
-- take the oldest days first, in small steps.
alter table dirty_user_days add column marked_at timestamptz not null default clock_timestamp();
create index dirty_user_days_day on dirty_user_days (day, user_id);

-- The rows of one user-day are read again whenever one is added.
create index events_user_timestamp on events (user_id, timestamp);
-- The live view asks for what was stored last.
create index events_created_at on events using brin (created_at);
create index crashes_created_at on crashes using brin (created_at);

-- The combinations of what filters ask for; '' where a record has none. Some thousand rows at most in practice;
-- a reference table on Citus. Only the aggregator adds to it, under its lock.
create table facets (
  facet_id int primary key,
  app_version text collate "C" not null,
  platform text collate "C" not null,
  country text collate "C" not null,
  environment text collate "C" not null,
  unique (app_version, platform, country, environment)
);

-- Numbers for the names of events, in user_days.steps.
create table event_names (
  name_id int primary key,
  event text collate "C" not null unique
);

-- What one user did on one day, for each facet: nearly always one. Null is none, which takes no space. Sums are
-- exact decimals, so that what is taken out of a total again leaves nothing behind.
create table user_days (
  user_id uuid not null,
  day date not null,
  facet_id int not null,
  first_at timestamptz not null,
  -- recording_completed with success not false; the next two by source.
  recordings int,
  widget_recordings int,
  main_window_recordings int,
  transcriptions int,
  startups int,
  dictionary_events int,
  retries int,
  -- Any event of source widget.
  widget boolean not null,
  -- The user has no other row on this day: counts once whatever is filtered.
  sole_of_day boolean not null,
  -- The user's rows of this ISO week have several facets: users must be counted one by one.
  week_mixed boolean not null,
  -- The first of the user's rows in this week, where the week is not mixed.
  week_first boolean not null,
  recorded_seconds numeric,
  transcribed_seconds numeric,
  startup_seconds numeric,
  dictionary_uses numeric,
  cost_usd numeric,
  -- The error type of each transcription_failed.
  failures text[] collate "C",
  -- Each processing_time_seconds, for percentiles.
  processing_seconds float8[],
  -- All events, for funnels: eight bytes each, microseconds since the start of the day * 65536 + name_id.
  steps bytea not null,
  primary key (user_id, day, facet_id)
);
create index user_days_day on user_days (day);
create index user_days_day_shared on user_days (day) where not sole_of_day;
create index user_days_week_mixed on user_days (day) where week_mixed;

-- One user with one facet: since when, and on which days with what.
create table user_facets (
  user_id uuid not null,
  facet_id int not null,
  -- Of the first event ever seen: stays when retention removes that event, as long as the user has any record.
  first_at timestamptz not null,
  first_day date not null,
  cost_usd numeric not null,
  days datemultirange not null,
  dictionary_days datemultirange not null,
  retry_days datemultirange not null,
  widget_days datemultirange not null,
  primary key (user_id, facet_id)
);

-- The part of a session that lies in one user-day and facet.
create table session_days (
  user_id uuid not null,
  session_id uuid not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  day date not null,
  facet_id int not null,
  -- The session has several rows, whoever's they are: its length is found by grouping.
  split boolean not null default false
);
create index session_days_user_day on session_days (user_id, day);
create index session_days_session on session_days (session_id);
create index session_days_day on session_days (day);
create index session_days_day_split on session_days (day) where split;

-- Each feature_toggled of auto_paste: the latest one counts, as of any day.
create table auto_paste_toggles (
  user_id uuid not null,
  toggled_at timestamptz not null,
  event_id uuid not null,
  day date not null,
  facet_id int not null,
  enabled boolean not null,
  primary key (user_id, toggled_at, event_id)
);

-- Every crash but handled errors, without its texts.
create table uncaught_crashes (
  user_id uuid not null,
  event_id uuid not null,
  session_id uuid,
  crashed_at timestamptz not null,
  day date not null,
  facet_id int not null,
  crash_type text collate "C" not null,
  os_version text collate "C" not null,
  primary key (user_id, event_id)
);
create index uncaught_crashes_day on uncaught_crashes (day);

-- Most questions have no filter but the environment. For them the same is kept once more by environment: users
-- with one row each, and totals of days that changes are added to and taken off from.

create table user_environments (
  user_id uuid not null,
  environment text collate "C" not null,
  first_at timestamptz not null,
  first_day date not null,
  -- Null where retention left no event.
  latest_day date,
  -- Active on any of first_day + 7 … + 13, and + 30 … + 59.
  retained_7d boolean not null,
  retained_30d boolean not null,
  -- '' where no event has one; null where there are several.
  country text collate "C",
  cost_usd numeric not null,
  days datemultirange not null,
  dictionary_days datemultirange not null,
  retry_days datemultirange not null,
  widget_days datemultirange not null,
  -- Days at whose end auto-paste was on.
  auto_paste_days datemultirange not null,
  primary key (user_id, environment)
);

create table environment_days (
  environment text collate "C" not null,
  day date not null,
  users bigint not null default 0,
  recordings bigint not null default 0,
  widget_recordings bigint not null default 0,
  main_window_recordings bigint not null default 0,
  transcriptions bigint not null default 0,
  failures bigint not null default 0,
  startups bigint not null default 0,
  retries bigint not null default 0,
  -- Sessions that are not split, and their lengths.
  sessions bigint not null default 0,
  session_length interval not null default '0',
  recorded_seconds numeric not null default 0,
  transcribed_seconds numeric not null default 0,
  startup_seconds numeric not null default 0,
  dictionary_uses numeric not null default 0,
  cost_usd numeric not null default 0,
  primary key (environment, day)
);

create table environment_weeks (
  environment text collate "C" not null,
  -- The Monday.
  week date not null,
  users bigint not null,
  primary key (environment, week)
);

create table environment_failures (
  environment text collate "C" not null,
  day date not null,
  error_type text collate "C" not null,
  failures bigint not null,
  primary key (environment, day, error_type)
);

-- Processing times of a day, equal ones counted, in buckets of similar ones: a percentile needs the counts of
-- all buckets, but the values of one.
create table environment_processing (
  environment text collate "C" not null,
  day date not null,
  bucket int not null,
  events bigint not null,
  total_seconds float8 not null,
  seconds float8[] not null,
  counts bigint[] not null,
  primary key (environment, day, bucket)
);

-- Days whose row in user_stats no longer agrees with the rollups.
create table dirty_days (
  day date not null
);

-- One row a day for people with SQL tools: production only, figures of that day alone, but for total_users (so
-- far at its end). Holds no user, so it outlives retention.
create table user_stats (
  date date primary key,
  total_users bigint not null,
  active_users bigint not null,
  new_users bigint not null,
  total_recordings bigint not null,
  total_minutes float8 not null,
  total_cost_usd float8 not null,
  crash_count bigint not null,
  -- Null where nobody was active.
  crash_rate float8,
  created_at timestamptz not null default now()
);
