-- Rollups on less space, found by their day first.
--
-- The aggregator asks for user-days by user and day. With an index on the day alone beside it the planner may take
-- that one: to statistics which do not know the newest days, a day has next to no rows, whereas it has one for every
-- active user. With the day and the user in one index there is nothing to choose wrongly, and new rows
-- go to its end, where they are packed closest.
alter table user_days drop constraint user_days_pkey;
alter table user_days add constraint user_days_pkey primary key (day, user_id, facet_id);
drop index user_days_day;
create index user_days_user on user_days (user_id);

create index session_days_day_user on session_days (day, user_id);
drop index session_days_user_day;
drop index session_days_day;

create index uncaught_crashes_day_user on uncaught_crashes (day, user_id);
drop index uncaught_crashes_day;

-- Rows that change with each day of their user: with room on their page the old version's place is used again at
-- once, and no index has to be told.
alter table user_environments set (fillfactor = 60);
alter table user_facets set (fillfactor = 75);
-- Marks come and go. What is left of them is cleared away before it is more than those that wait.
alter table dirty_user_days set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Users by the day they came, added up: how many there are, are new, came back, and what they cost so far.
create table environment_newcomers (
  environment text collate "C" not null,
  first_day date not null,
  users bigint not null default 0,
  retained_7d bigint not null default 0,
  retained_30d bigint not null default 0,
  -- Of all their days, so far.
  cost_usd numeric not null default 0,
  primary key (environment, first_day)
);
insert into environment_newcomers (environment, first_day, users, retained_7d, retained_30d, cost_usd)
select environment, first_day, count(*), count(*) filter (where retained_7d), count(*) filter (where retained_30d),
  sum(cost_usd)
from user_environments
group by environment, first_day;

-- The user's first uncaught crash that is kept.
alter table user_environments add column first_crash_at timestamptz;
update user_environments set first_crash_at = crashed.first_crash_at
from (
  select user_id, environment, min(crashed_at) as first_crash_at
  from uncaught_crashes
  join facets using (facet_id)
  group by user_id, environment
) crashed
where user_environments.user_id = crashed.user_id and user_environments.environment = crashed.environment;
create index user_environments_crashed on user_environments (environment, first_crash_at) include (first_day, first_at)
  where first_crash_at is not null;

-- The user has events of the same session, day and facet: its session need not be looked for.
alter table uncaught_crashes add column in_session boolean not null default false;
update uncaught_crashes set in_session = true
from session_days
where session_days.user_id = uncaught_crashes.user_id and session_days.day = uncaught_crashes.day
  and session_days.facet_id = uncaught_crashes.facet_id and session_days.session_id = uncaught_crashes.session_id;
