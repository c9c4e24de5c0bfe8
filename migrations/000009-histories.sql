-- Each user's history in one row, and sums of days and weeks by facet: what questions with filters, funnels, cohorts and
-- counts of events are answered from. Their cost no longer depends on how many rows a user or a day has.
--
-- Numbers for the types of failures, in histories.
create table error_types (
  error_type_id int primary key,
  error_type text collate "C" not null unique
);

-- What one user did, as server/store/histories/format.ts tells the bytes. Days up to settled_to (a number, as there) are
-- in `settled`, later ones in `recent`, so that a new day does not rewrite all those before it.
create table user_histories (
  user_id uuid primary key,
  -- Since when the user is known with each facet; outlives retention, as long as the user has any record.
  firsts bytea not null,
  recent bytea not null,
  recent_days int not null,
  settled bytea,
  settled_to int
) with (fillfactor = 70);
-- Looked at by each question: reading it must not cost more than its bytes.
alter table user_histories alter column recent set storage external, alter column settled set storage external;

-- Sums of what user-days hold, by facet: for each day, and for each ISO week by its Monday.
create table facet_days (
  day date not null,
  facet_id int not null,
  -- Rows of user_days that are added up here.
  user_days int not null default 0,
  recordings int not null default 0,
  widget_recordings int not null default 0,
  main_window_recordings int not null default 0,
  transcriptions int not null default 0,
  failures int not null default 0,
  startups int not null default 0,
  retries int not null default 0,
  -- Sessions that are not split, and their lengths.
  sessions int not null default 0,
  session_length interval not null default '0',
  recorded_seconds numeric not null default 0,
  transcribed_seconds numeric not null default 0,
  startup_seconds numeric not null default 0,
  dictionary_uses numeric not null default 0,
  cost_usd numeric not null default 0,
  primary key (day, facet_id)
);
create table facet_weeks (like facet_days including all);
alter table facet_weeks rename column day to week;

insert into facet_days
  (day, facet_id, user_days, recordings, widget_recordings, main_window_recordings, transcriptions, failures, startups,
   retries, recorded_seconds, transcribed_seconds, startup_seconds, dictionary_uses, cost_usd)
select day, facet_id, count(*), coalesce(sum(recordings), 0), coalesce(sum(widget_recordings), 0),
  coalesce(sum(main_window_recordings), 0), coalesce(sum(transcriptions), 0), coalesce(sum(cardinality(failures)), 0),
  coalesce(sum(startups), 0), coalesce(sum(retries), 0), coalesce(sum(recorded_seconds), 0),
  coalesce(sum(transcribed_seconds), 0), coalesce(sum(startup_seconds), 0), coalesce(sum(dictionary_uses), 0),
  coalesce(sum(cost_usd), 0)
from user_days
group by day, facet_id;

insert into facet_days (day, facet_id, sessions, session_length)
select day, facet_id, count(*), sum(last_at - first_at)
from session_days
where not split
group by day, facet_id
on conflict (day, facet_id) do update
set sessions = excluded.sessions, session_length = excluded.session_length;

insert into facet_weeks
select date_trunc('week', day::timestamp)::date as week, facet_id, sum(user_days), sum(recordings), sum(widget_recordings),
  sum(main_window_recordings), sum(transcriptions), sum(failures), sum(startups), sum(retries), sum(sessions),
  sum(session_length), sum(recorded_seconds), sum(transcribed_seconds), sum(startup_seconds), sum(dictionary_uses),
  sum(cost_usd)
from facet_days
group by week, facet_id;

insert into error_types (error_type_id, error_type)
select row_number() over (order by error_type), error_type
from (select distinct unnest(failures) as error_type from user_days) types;

-- The aggregator writes the histories, as it reads all user-days again. Until it has, figures say that they are as of a
-- time before the first record.
insert into dirty_user_days (user_id, day, marked_at)
select user_id, day, coalesce((select min(created_at) from events), now())
from (select user_id, day from user_days union select user_id, day from uncaught_crashes) known;

-- Histories answer what these were for.
drop index user_days_week_mixed;
drop index user_days_user;
alter table user_days drop column week_mixed, drop column week_first, drop column steps;
