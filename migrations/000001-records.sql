-- What clients send, and what ingestion must remember to take each record exactly once.
--
-- Every table that grows has user_id in its key: on Citus it is the shard key, on one PostgreSQL it
-- keeps the rows of a batch, which comes from one user, on the same pages of the index. No foreign
-- keys between them, for the same reason. Names sort by code point whatever the database's collation.

-- fillfactor, columns by size and alignment: a row of four properties takes about 330 bytes.
create table events (
  user_id uuid not null,
  event_id uuid not null,
  session_id uuid,
  timestamp timestamptz not null,
  created_at timestamptz not null default now(),
  event text collate "C" not null,
  app_version text collate "C" not null,
  platform text collate "C" not null,
  country text collate "C",
  environment text collate "C" not null,
  properties jsonb not null,
  primary key (user_id, event_id)
);
create index events_timestamp on events using brin (timestamp);

create table crashes (
  user_id uuid not null,
  event_id uuid not null,
  session_id uuid,
  timestamp timestamptz not null,
  created_at timestamptz not null default now(),
  crash_type text collate "C" not null,
  app_version text collate "C" not null,
  os_version text collate "C",
  platform text collate "C",
  country text collate "C",
  environment text collate "C" not null,
  -- Crashes of one cause have the same fingerprint, whatever their numbers and paths.
  fingerprint text collate "C" not null,
  title text not null,
  error_message text not null,
  stack_trace text,
  context jsonb,
  primary key (user_id, event_id)
);
create index crashes_timestamp on crashes using brin (timestamp);

-- Who asked to be erased: what arrives from them later is refused. Only a SHA-256 of the id is kept.
create table erased_users (
  user_hash bytea primary key,
  erased_at timestamptz not null default now()
);

-- What clients lost before sending, by reason: running totals of each install.
create table client_dropped (
  user_id uuid not null,
  reason text collate "C" not null,
  total bigint not null,
  updated_at timestamptz not null default now(),
  primary key (user_id, reason)
);

-- User-days (UTC) whose rollups no longer agree with the rows: appended together with the rows, deleted by
-- the aggregator. No key, so that concurrent inserts of the same mark never wait for each other.
create table dirty_user_days (
  user_id uuid not null,
  day date not null
);
