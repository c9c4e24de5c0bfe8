-- The schema after all migrations; made by test/contract/server-schema.test.ts, not by hand.

create table alerts (
  alert_id bigint not null,
  rule text collate "C" not null,
  subject text collate "C" not null,
  title text not null,
  detail text not null,
  recovery text,
  opened_at timestamp with time zone not null default now(),
  resolved_at timestamp with time zone
);

create table arrivals (
  minute timestamp with time zone not null
);

create table auto_paste_toggles (
  user_id uuid not null,
  toggled_at timestamp with time zone not null,
  event_id uuid not null,
  day date not null,
  facet_id integer not null,
  enabled boolean not null
);

create table client_dropped (
  user_id uuid not null,
  reason text collate "C" not null,
  total bigint not null,
  updated_at timestamp with time zone not null default now()
);

create table crash_groups (
  fingerprint text collate "C" not null,
  status text not null,
  resolved_in_version text collate "C",
  changed_at timestamp with time zone not null default now()
);

create table crashes (
  user_id uuid not null,
  event_id uuid not null,
  session_id uuid,
  "timestamp" timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  crash_type text collate "C" not null,
  app_version text collate "C" not null,
  os_version text collate "C",
  platform text collate "C",
  country text collate "C",
  environment text collate "C" not null,
  fingerprint text collate "C" not null,
  title text not null,
  error_message text not null,
  stack_trace text,
  context jsonb
);

create table dirty_days (
  day date not null
);

create table dirty_user_days (
  user_id uuid not null,
  day date not null,
  marked_at timestamp with time zone not null default clock_timestamp()
);

create table environment_cohorts (
  environment text collate "C" not null,
  cohort date not null,
  week date not null,
  users bigint not null
);

create table environment_days (
  environment text collate "C" not null,
  day date not null,
  users bigint not null default 0
);

create table environment_events (
  environment text collate "C" not null,
  name_id integer not null,
  day date not null,
  events bigint not null,
  users bigint not null
);

create table environment_failures (
  environment text collate "C" not null,
  day date not null,
  error_type text collate "C" not null,
  failures bigint not null
);

create table environment_newcomers (
  environment text collate "C" not null,
  first_day date not null,
  users bigint not null default 0,
  retained_7d bigint not null default 0,
  retained_30d bigint not null default 0
);

create table environment_processing (
  environment text collate "C" not null,
  day date not null,
  bucket integer not null,
  events bigint not null,
  total_seconds double precision not null,
  seconds double precision[] not null,
  counts bigint[] not null
);

create table erased_users (
  user_hash bytea not null,
  erased_at timestamp with time zone not null default now()
);

create table error_types (
  error_type_id integer not null,
  error_type text collate "C" not null
);

create table event_names (
  name_id integer not null,
  event text collate "C" not null
);

create table events (
  user_id uuid not null,
  event_id uuid not null,
  session_id uuid,
  "timestamp" timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  event text collate "C" not null,
  app_version text collate "C" not null,
  platform text collate "C" not null,
  country text collate "C",
  environment text collate "C" not null,
  properties jsonb not null
);

create table facet_days (
  day date not null,
  facet_id integer not null,
  recordings numeric not null default 0,
  widget_recordings numeric not null default 0,
  main_window_recordings numeric not null default 0,
  transcriptions numeric not null default 0,
  failures numeric not null default 0,
  startups numeric not null default 0,
  retries numeric not null default 0,
  recorded_seconds numeric not null default 0,
  transcribed_seconds numeric not null default 0,
  startup_seconds numeric not null default 0,
  dictionary_uses numeric not null default 0,
  cost_usd numeric not null default 0,
  sessions numeric not null default 0,
  session_seconds numeric not null default 0
);

create table facets (
  facet_id integer not null,
  app_version text collate "C" not null,
  platform text collate "C" not null,
  country text collate "C" not null,
  environment text collate "C" not null
);

create table known_crash_groups (
  fingerprint text collate "C" not null,
  seen_at timestamp with time zone not null default now()
);

create table messages (
  message_id bigint not null,
  channel text not null,
  reason text collate "C" not null,
  alert_id bigint,
  content jsonb not null,
  created_at timestamp with time zone not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone default now(),
  sent_at timestamp with time zone,
  failure text
);

create table roost_schema_version (
  version bigint not null,
  name text,
  md5 text,
  run_at timestamp with time zone
);

create table session_days (
  user_id uuid not null,
  session_id uuid not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  day date not null,
  facet_id integer not null,
  split boolean not null default false
);

create table uncaught_crashes (
  user_id uuid not null,
  event_id uuid not null,
  session_id uuid,
  crashed_at timestamp with time zone not null,
  day date not null,
  facet_id integer not null,
  crash_type text collate "C" not null,
  os_version text collate "C" not null,
  in_session boolean not null default false
);

create table user_days (
  user_id uuid not null,
  day date not null,
  facet_id integer not null,
  first_at timestamp with time zone not null,
  recordings integer,
  widget_recordings integer,
  main_window_recordings integer,
  transcriptions integer,
  startups integer,
  dictionary_events integer,
  retries integer,
  widget boolean not null,
  recorded_seconds numeric,
  transcribed_seconds numeric,
  startup_seconds numeric,
  dictionary_uses numeric,
  cost_usd numeric,
  failures integer
);

create table user_environments (
  user_id uuid not null,
  environment text collate "C" not null,
  first_at timestamp with time zone not null,
  first_day date not null,
  latest_day date,
  retained_7d boolean not null,
  retained_30d boolean not null,
  country text collate "C",
  cost_usd numeric not null,
  days datemultirange not null,
  dictionary_days datemultirange not null,
  retry_days datemultirange not null,
  widget_days datemultirange not null,
  auto_paste_days datemultirange not null,
  first_crash_at timestamp with time zone
);

create table user_facets (
  user_id uuid not null,
  facet_id integer not null,
  first_at timestamp with time zone not null,
  first_day date not null,
  cost_usd numeric not null,
  days datemultirange not null,
  dictionary_days datemultirange not null,
  retry_days datemultirange not null,
  widget_days datemultirange not null
);

create table user_hash_salt (
  salt bytea not null,
  only_row boolean not null default true
);

create table user_histories (
  user_id uuid not null,
  settled_to integer,
  recent_days integer not null,
  latest_day integer,
  settled bytea,
  recent bytea not null,
  firsts bytea not null,
  recent_values bytea not null,
  settled_values bytea
);

create table user_stats (
  date date not null,
  total_users bigint not null,
  active_users bigint not null,
  new_users bigint not null,
  total_recordings bigint not null,
  total_minutes double precision not null,
  total_cost_usd double precision not null,
  crash_count bigint not null,
  crash_rate double precision,
  created_at timestamp with time zone not null default now()
);

alter table alerts add constraint alerts_pkey PRIMARY KEY (alert_id);

alter table arrivals add constraint arrivals_pkey PRIMARY KEY (minute);

alter table auto_paste_toggles add constraint auto_paste_toggles_pkey PRIMARY KEY (user_id, toggled_at, event_id);

alter table client_dropped add constraint client_dropped_pkey PRIMARY KEY (user_id, reason);

alter table crash_groups add constraint crash_groups_pkey PRIMARY KEY (fingerprint);

alter table crash_groups add constraint crash_groups_status_check CHECK ((status = ANY (ARRAY['open'::text, 'resolved'::text, 'ignored'::text])));

alter table crashes add constraint crashes_pkey PRIMARY KEY (user_id, event_id);

alter table environment_cohorts add constraint environment_cohorts_pkey PRIMARY KEY (environment, cohort, week);

alter table environment_days add constraint environment_days_pkey PRIMARY KEY (environment, day);

alter table environment_events add constraint environment_events_pkey PRIMARY KEY (environment, name_id, day);

alter table environment_failures add constraint environment_failures_pkey PRIMARY KEY (environment, day, error_type);

alter table environment_newcomers add constraint environment_newcomers_pkey PRIMARY KEY (environment, first_day);

alter table environment_processing add constraint environment_processing_pkey PRIMARY KEY (environment, day, bucket);

alter table erased_users add constraint erased_users_pkey PRIMARY KEY (user_hash);

alter table error_types add constraint error_types_error_type_key UNIQUE (error_type);

alter table error_types add constraint error_types_pkey PRIMARY KEY (error_type_id);

alter table event_names add constraint event_names_event_key UNIQUE (event);

alter table event_names add constraint event_names_pkey PRIMARY KEY (name_id);

alter table events add constraint events_pkey PRIMARY KEY (user_id, event_id);

alter table facet_days add constraint facet_days_pkey PRIMARY KEY (day, facet_id);

alter table facets add constraint facets_app_version_platform_country_environment_key UNIQUE (app_version, platform, country, environment);

alter table facets add constraint facets_pkey PRIMARY KEY (facet_id);

alter table known_crash_groups add constraint known_crash_groups_pkey PRIMARY KEY (fingerprint);

alter table messages add constraint messages_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'webhook'::text])));

alter table messages add constraint messages_channel_reason_key UNIQUE (channel, reason);

alter table messages add constraint messages_pkey PRIMARY KEY (message_id);

alter table roost_schema_version add constraint roost_schema_version_pkey PRIMARY KEY (version);

alter table uncaught_crashes add constraint uncaught_crashes_pkey PRIMARY KEY (user_id, event_id);

alter table user_days add constraint user_days_pkey PRIMARY KEY (day, user_id, facet_id);

alter table user_environments add constraint user_environments_pkey PRIMARY KEY (user_id, environment);

alter table user_facets add constraint user_facets_pkey PRIMARY KEY (user_id, facet_id);

alter table user_hash_salt add constraint user_hash_salt_only_row_check CHECK (only_row);

alter table user_hash_salt add constraint user_hash_salt_pkey PRIMARY KEY (only_row);

alter table user_histories add constraint user_histories_pkey PRIMARY KEY (user_id);

alter table user_stats add constraint user_stats_pkey PRIMARY KEY (date);

CREATE UNIQUE INDEX alerts_open ON alerts USING btree (rule, subject) WHERE (resolved_at IS NULL);

CREATE INDEX alerts_opened_at ON alerts USING btree (opened_at);

CREATE INDEX crashes_created_at ON crashes USING brin (created_at);

CREATE INDEX crashes_fingerprint ON crashes USING btree (fingerprint, "timestamp");

CREATE INDEX crashes_timestamp ON crashes USING brin ("timestamp");

CREATE INDEX dirty_user_days_day ON dirty_user_days USING btree (day, user_id);

CREATE INDEX events_created_at ON events USING brin (created_at);

CREATE INDEX events_timestamp ON events USING brin ("timestamp");

CREATE INDEX events_user_timestamp ON events USING btree (user_id, "timestamp");

CREATE INDEX messages_alert ON messages USING btree (alert_id);

CREATE INDEX messages_due ON messages USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);

CREATE INDEX session_days_day_split ON session_days USING btree (day) WHERE split;

CREATE INDEX session_days_day_user ON session_days USING btree (day, user_id);

CREATE INDEX session_days_session ON session_days USING btree (session_id);

CREATE INDEX uncaught_crashes_day_user ON uncaught_crashes USING btree (day, user_id);

CREATE INDEX user_environments_crashed ON user_environments USING btree (environment, first_crash_at) INCLUDE (first_day, first_at, user_id) WHERE (first_crash_at IS NOT NULL);

CREATE OR REPLACE FUNCTION find_erased(users uuid[])
 RETURNS uuid[]
 LANGUAGE sql
AS $function$
  select coalesce(array_agg(user_id), '{}')
  from unnest(users) as given (user_id)
  join erased_users on erased_users.user_hash = sha256(convert_to(user_id::text, 'UTF8'))
$function$
;

CREATE OR REPLACE FUNCTION keep_dropped(user_locks integer[], user_ids uuid[], reasons text[], totals bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock_shared(7605002, user_lock) from unnest(user_locks) user_lock;
  insert into client_dropped (user_id, reason, total, updated_at)
  select user_id, reason, total, now()
  from unnest(user_ids, reasons, totals) as given (user_id, reason, total)
  where user_id <> all (find_erased(user_ids))
  on conflict (user_id, reason) do update
  set total = greatest(client_dropped.total, excluded.total), updated_at = excluded.updated_at;
end $function$
;

CREATE OR REPLACE FUNCTION positions_of(wanted_users uuid[], wanted_events uuid[], user_ids uuid[], event_ids uuid[])
 RETURNS integer[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(array_agg(position::int), '{}')
  from unnest(user_ids, event_ids) with ordinality as given (user_id, event_id, position)
  join unnest(wanted_users, wanted_events) as wanted (user_id, event_id) using (user_id, event_id)
$function$
;

CREATE OR REPLACE FUNCTION salted_hash(salt bytea, id uuid)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select left(encode(sha256(salt || uuid_send(id)), 'hex'), 32)
$function$
;

CREATE OR REPLACE FUNCTION store_crashes(user_locks integer[], users uuid[], too_old boolean[], user_ids uuid[], event_ids uuid[], session_ids uuid[], timestamps timestamp with time zone[], crash_types text[], app_versions text[], os_versions text[], platforms text[], countries text[], environments text[], fingerprints text[], titles text[], error_messages text[], stack_traces text[], contexts jsonb[], OUT erased uuid[], OUT stored integer[], OUT known integer[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION store_events(user_locks integer[], users uuid[], too_old boolean[], user_ids uuid[], event_ids uuid[], session_ids uuid[], timestamps timestamp with time zone[], names text[], app_versions text[], platforms text[], countries text[], environments text[], all_properties jsonb[], OUT erased uuid[], OUT stored integer[], OUT known integer[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

create view v_crashes as
 SELECT salted_hash(( SELECT user_hash_salt.salt
           FROM user_hash_salt), user_id) AS user_hash,
    salted_hash(( SELECT user_hash_salt.salt
           FROM user_hash_salt), session_id) AS session_hash,
    event_id,
    "timestamp",
    (("timestamp" AT TIME ZONE 'UTC'::text))::date AS day,
    crash_type,
    app_version,
    os_version,
    platform,
    country,
    environment,
    fingerprint,
    title,
    error_message,
    stack_trace,
    context,
    created_at
   FROM crashes;

create view v_daily as
 SELECT date,
    total_users,
    active_users,
    new_users,
    total_recordings,
    total_minutes,
    total_cost_usd,
    crash_count,
    crash_rate
   FROM user_stats;

create view v_events as
 SELECT salted_hash(( SELECT user_hash_salt.salt
           FROM user_hash_salt), user_id) AS user_hash,
    salted_hash(( SELECT user_hash_salt.salt
           FROM user_hash_salt), session_id) AS session_hash,
    event_id,
    "timestamp",
    (("timestamp" AT TIME ZONE 'UTC'::text))::date AS day,
    event,
    app_version,
    platform,
    country,
    environment,
    properties,
    created_at
   FROM events;

create view v_users as
 SELECT salted_hash(( SELECT user_hash_salt.salt
           FROM user_hash_salt), users.user_id) AS user_hash,
    users.environment,
    users.first_at,
    users.first_day,
    days.last_day,
    (COALESCE(days.active_days, (0)::bigint))::integer AS active_days,
    (COALESCE(days.recordings, (0)::bigint))::integer AS recordings,
    COALESCE(days.recorded_minutes, (0)::double precision) AS recorded_minutes,
    (COALESCE(crashed.crashes, (0)::bigint))::integer AS crashes,
    (users.cost_usd)::double precision AS cost_usd
   FROM ((user_environments users
     LEFT JOIN ( SELECT user_days.user_id,
            facets.environment,
            max(user_days.day) AS last_day,
            count(DISTINCT user_days.day) AS active_days,
            sum(user_days.recordings) AS recordings,
            ((sum(user_days.recorded_seconds) / (60)::numeric))::double precision AS recorded_minutes
           FROM (user_days
             JOIN facets USING (facet_id))
          GROUP BY user_days.user_id, facets.environment) days USING (user_id, environment))
     LEFT JOIN ( SELECT uncaught_crashes.user_id,
            facets.environment,
            count(*) AS crashes
           FROM (uncaught_crashes
             JOIN facets USING (facet_id))
          GROUP BY uncaught_crashes.user_id, facets.environment) crashed USING (user_id, environment));
