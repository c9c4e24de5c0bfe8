-- What clients send, and what ingestion must remember to take each record exactly once.
--
-- Every table that grows has user_id in its key: on Citus it is the shard key, on one PostgreSQL it
-- keeps the rows of a batch, which comes from one user, on the same pages of the index. No foreign
-- keys between them, for the same reason. Names sort by code point whatever the database's collation.

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

-- Storing is a function, so that a batch costs one round trip, and every statement in it sees what was committed
-- before it got the users' locks. Those keep apart, for one user, what must not happen at the same moment: adding
-- events shares the lock, adding crashes (events and crashes share one id space) and erasing take it alone. Users
-- share 256 locks, taken in ascending order, so that no two batches wait for each other; rows come sorted by key
-- for the same reason.
--
-- Rows are given once each, a column an array; those flagged too old are not stored, only looked for.
-- Returns: erased, which of `users` asked to be erased; stored, the positions of rows that were stored, and known,
-- of those that were not because they are here already. stored is null where all were.
create function store_events(
  user_locks int[], users uuid[], too_old boolean[], user_ids uuid[], event_ids uuid[], session_ids uuid[],
  timestamps timestamptz[], names text[], app_versions text[], platforms text[], countries text[],
  environments text[], all_properties jsonb[],
  out erased uuid[], out stored int[], out known int[]
) language plpgsql as $$
declare
  elsewhere int[];
  stored_users uuid[];
  stored_events uuid[];
begin
  perform pg_advisory_xact_lock_shared(7605002, user_lock) from unnest(user_locks) user_lock;
  erased := find_erased(users);
  elsewhere := array(
    select position::int
    from unnest(user_ids, event_ids) with ordinality as given (user_id, event_id, position)
    join crashes using (user_id, event_id)
  );

  with added as (
    insert into events
      (user_id, event_id, session_id, timestamp, event, app_version, platform, country, environment, properties)
    select user_id, event_id, session_id, moment, name, app_version, platform, country, environment, properties
    from unnest(
      too_old, user_ids, event_ids, session_ids, timestamps, names, app_versions, platforms, countries, environments,
      all_properties
    ) with ordinality as given (
      is_too_old, user_id, event_id, session_id, moment, name, app_version, platform, country, environment,
      properties, position
    )
    where not is_too_old and user_id <> all (erased) and position <> all (elsewhere)
    on conflict (user_id, event_id) do nothing
    returning user_id, event_id, timestamp
  ),
  marked as (
    insert into dirty_user_days (user_id, day)
    select distinct user_id, (timestamp at time zone 'UTC')::date from added
  )
  select coalesce(array_agg(user_id), '{}'), coalesce(array_agg(event_id), '{}')
  into stored_users, stored_events from added;

  if cardinality(stored_users) < cardinality(user_ids) then
    stored := positions_of(stored_users, stored_events, user_ids, event_ids);
    known := elsewhere || array(
      select position::int
      from unnest(too_old, user_ids, event_ids) with ordinality as given (is_too_old, user_id, event_id, position)
      join events using (user_id, event_id)
      where is_too_old
    );
  end if;
end $$;

create function store_crashes(
  user_locks int[], users uuid[], too_old boolean[], user_ids uuid[], event_ids uuid[], session_ids uuid[],
  timestamps timestamptz[], crash_types text[], app_versions text[], os_versions text[], platforms text[],
  countries text[], environments text[], fingerprints text[], titles text[], error_messages text[],
  stack_traces text[], contexts jsonb[],
  out erased uuid[], out stored int[], out known int[]
) language plpgsql as $$
declare
  elsewhere int[];
  stored_users uuid[];
  stored_events uuid[];
begin
  perform pg_advisory_xact_lock(7605002, user_lock) from unnest(user_locks) user_lock;
  erased := find_erased(users);
  elsewhere := array(
    select position::int
    from unnest(user_ids, event_ids) with ordinality as given (user_id, event_id, position)
    join events using (user_id, event_id)
  );

  with added as (
    insert into crashes
      (user_id, event_id, session_id, timestamp, crash_type, app_version, os_version, platform, country, environment,
       fingerprint, title, error_message, stack_trace, context)
    select user_id, event_id, session_id, moment, crash_type, app_version, os_version, platform, country, environment,
      fingerprint, title, error_message, stack_trace, context
    from unnest(
      too_old, user_ids, event_ids, session_ids, timestamps, crash_types, app_versions, os_versions, platforms,
      countries, environments, fingerprints, titles, error_messages, stack_traces, contexts
    ) with ordinality as given (
      is_too_old, user_id, event_id, session_id, moment, crash_type, app_version, os_version, platform, country,
      environment, fingerprint, title, error_message, stack_trace, context, position
    )
    where not is_too_old and user_id <> all (erased) and position <> all (elsewhere)
    on conflict (user_id, event_id) do nothing
    returning user_id, event_id, timestamp
  ),
  marked as (
    insert into dirty_user_days (user_id, day)
    select distinct user_id, (timestamp at time zone 'UTC')::date from added
  )
  select coalesce(array_agg(user_id), '{}'), coalesce(array_agg(event_id), '{}')
  into stored_users, stored_events from added;

  if cardinality(stored_users) < cardinality(user_ids) then
    stored := positions_of(stored_users, stored_events, user_ids, event_ids);
    known := elsewhere || array(
      select position::int
      from unnest(too_old, user_ids, event_ids) with ordinality as given (is_too_old, user_id, event_id, position)
      join crashes using (user_id, event_id)
      where is_too_old
    );
  end if;
end $$;

create function find_erased(users uuid[]) returns uuid[] language sql as $$
  select coalesce(array_agg(user_id), '{}')
  from unnest(users) as given (user_id)
  join erased_users on erased_users.user_hash = sha256(convert_to(user_id::text, 'UTF8'))
$$;

-- At which positions (from 1) of the given keys the wanted ones are.
create function positions_of(
  wanted_users uuid[], wanted_events uuid[], user_ids uuid[], event_ids uuid[]
) returns int[] language sql immutable as $$
  select coalesce(array_agg(position::int), '{}')
  from unnest(user_ids, event_ids) with ordinality as given (user_id, event_id, position)
  join unnest(wanted_users, wanted_events) as wanted (user_id, event_id) using (user_id, event_id)
$$;

-- Keeps what clients say they lost. Running totals only grow: an older request that arrives late changes nothing.
create function keep_dropped(user_locks int[], user_ids uuid[], reasons text[], totals bigint[])
returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7605002, user_lock) from unnest(user_locks) user_lock;
  insert into client_dropped (user_id, reason, total, updated_at)
  select user_id, reason, total, now()
  from unnest(user_ids, reasons, totals) as given (user_id, reason, total)
  where user_id <> all (find_erased(user_ids))
  on conflict (user_id, reason) do update
  set total = greatest(client_dropped.total, excluded.total), updated_at = excluded.updated_at;
end $$;
