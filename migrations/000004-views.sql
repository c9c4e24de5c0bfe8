-- What people with SQL tools and exports read. No view holds a user's id: only a hash of it, salted, so that a known
-- id cannot be looked for by hashing it, and the same in every view, so that they can be joined.

-- One row, made here: the salt is another one in every database, and the views alone may read it.
create table user_hash_salt (
  salt bytea not null,
  only_row boolean primary key default true check (only_row)
);
insert into user_hash_salt (salt) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- 32 hexadecimal digits. Of sessions too, as a user knows the ids of both.
create function salted_hash(salt bytea, id uuid) returns text language sql immutable parallel safe as $$
  select left(encode(sha256(salt || uuid_send(id)), 'hex'), 32)
$$;

create view v_events as
select
  salted_hash((select salt from user_hash_salt), user_id) as user_hash,
  salted_hash((select salt from user_hash_salt), session_id) as session_hash,
  event_id,
  timestamp,
  (timestamp at time zone 'UTC')::date as day,
  event,
  app_version,
  platform,
  country,
  environment,
  properties,
  created_at
from events;

create view v_crashes as
select
  salted_hash((select salt from user_hash_salt), user_id) as user_hash,
  salted_hash((select salt from user_hash_salt), session_id) as session_hash,
  event_id,
  timestamp,
  (timestamp at time zone 'UTC')::date as day,
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
from crashes;

-- Production only, as user_stats is.
create view v_daily as
select
  date,
  total_users,
  active_users,
  new_users,
  total_recordings,
  total_minutes,
  total_cost_usd,
  crash_count,
  crash_rate
from user_stats;

-- A row for each user and environment with an event; crashes without handled errors.
create view v_users as
select
  salted_hash((select salt from user_hash_salt), user_id) as user_hash,
  environment,
  users.first_at,
  users.first_day,
  last_day,
  coalesce(active_days, 0)::int as active_days,
  coalesce(recordings, 0)::int as recordings,
  coalesce(recorded_minutes, 0) as recorded_minutes,
  coalesce(crashes, 0)::int as crashes,
  users.cost_usd::float8 as cost_usd
from user_environments users
left join (
  select user_id, environment,
    max(day) as last_day,
    count(distinct day) as active_days,
    sum(recordings) as recordings,
    (sum(recorded_seconds) / 60)::float8 as recorded_minutes
  from user_days join facets using (facet_id)
  group by user_id, environment
) days using (user_id, environment)
left join (
  select user_id, environment, count(*) as crashes
  from uncaught_crashes join facets using (facet_id)
  group by user_id, environment
) crashed using (user_id, environment);
