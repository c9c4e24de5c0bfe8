-- Each user's history in one row: what questions with filters, funnels, cohorts and counts of events are answered from.
-- Their cost no longer depends on how many rows a user or a day has.
--
-- Numbers for the types of failures, in histories.
create table error_types (
  error_type_id int primary key,
  error_type text collate "C" not null unique
);

-- What one user did, as server/store/histories/format.ts tells the bytes. Days up to settled_to (a number, as there) are
-- in `settled`, later ones in `recent`, so that a new day does not rewrite all those before it; their processing times and
-- failures lie apart, as few questions ask for them.
-- What nearly all questions ask for comes first: PostgreSQL walks through the columns before.
create table user_histories (
  user_id uuid primary key,
  settled_to int,
  recent_days int not null,
  -- The last day, or a later one; null where there is none.
  latest_day int,
  settled bytea,
  recent bytea not null,
  -- Since when the user is known with each facet; outlives retention, as long as the user has any record.
  firsts bytea not null,
  recent_values bytea not null,
  settled_values bytea
) with (fillfactor = 75, toast_tuple_target = 4080);
-- Looked at by each question: reading it must not cost more than its bytes.
alter table user_histories
  alter column recent set storage external,
  alter column recent_values set storage external,
  alter column settled set storage external,
  alter column settled_values set storage external;

insert into error_types (error_type_id, error_type)
select row_number() over (order by error_type), error_type
from (select distinct unnest(failures) as error_type from user_days) types;

-- From here on histories have each failure with its type, and each processing time; user_days says how many failed.
alter table user_days
  alter column failures type int using cardinality(failures),
  drop column processing_seconds;
-- The aggregator takes off what histories hold, which is nothing so far.
delete from environment_failures;
delete from environment_processing;

-- What the user-days of a day and facet add up to, whatever the filters. Counts are decimals too, which take fewer bytes
-- than large integers where they are small.
create table facet_days (
  day date not null,
  facet_id int not null,
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
  -- A session counts in each of the parts that user, day and facet split it into (session_days).
  sessions numeric not null default 0,
  session_seconds numeric not null default 0,
  primary key (day, facet_id)
) with (fillfactor = 90);

insert into facet_days (
  day, facet_id, recordings, widget_recordings, main_window_recordings, transcriptions, failures, startups, retries,
  recorded_seconds, transcribed_seconds, startup_seconds, dictionary_uses, cost_usd
)
select day, facet_id, coalesce(sum(recordings), 0), coalesce(sum(widget_recordings), 0),
  coalesce(sum(main_window_recordings), 0), coalesce(sum(transcriptions), 0), coalesce(sum(failures), 0),
  coalesce(sum(startups), 0), coalesce(sum(retries), 0), coalesce(sum(recorded_seconds), 0),
  coalesce(sum(transcribed_seconds), 0), coalesce(sum(startup_seconds), 0), coalesce(sum(dictionary_uses), 0),
  coalesce(sum(cost_usd), 0)
from user_days
group by day, facet_id
order by day, facet_id;

update facet_days set sessions = parts.sessions, session_seconds = parts.seconds
from (
  select day, facet_id, count(*) as sessions, sum(extract(epoch from last_at - first_at)) as seconds
  from session_days
  group by day, facet_id
) parts
where facet_days.day = parts.day and facet_days.facet_id = parts.facet_id;

-- Users are what remains to be told of an environment as a whole.
alter table environment_days
  drop column recordings,
  drop column widget_recordings,
  drop column main_window_recordings,
  drop column transcriptions,
  drop column failures,
  drop column startups,
  drop column retries,
  drop column sessions,
  drop column session_length,
  drop column recorded_seconds,
  drop column transcribed_seconds,
  drop column startup_seconds,
  drop column dictionary_uses,
  drop column cost_usd;
alter table environment_newcomers drop column cost_usd;

-- Users active in a week, by the week of their first day. All of a week together is what environment_weeks said.
create table environment_cohorts (
  environment text collate "C" not null,
  -- Both are Mondays.
  cohort date not null,
  week date not null,
  users bigint not null,
  primary key (environment, cohort, week)
);
insert into environment_cohorts (environment, cohort, week, users)
select environment, cohort, week, count(*)
from (
  select distinct user_id, environment, date_trunc('week', first_day::timestamp)::date as cohort, monday::date as week
  from user_environments
  cross join unnest(days) as spell
  cross join generate_series(
    date_trunc('week', lower(spell)::timestamp), upper(spell)::timestamp - interval '1 day', interval '7 days'
  ) as monday
) active
group by environment, cohort, week;
drop table environment_weeks;

-- Events of each name, and users who had any, by day.
create table environment_events (
  environment text collate "C" not null,
  name_id int not null,
  day date not null,
  events bigint not null,
  users bigint not null,
  primary key (environment, name_id, day)
);

-- The aggregator writes the histories, as it reads all user-days again. Until it has, figures say that they are as of a
-- time before the first record.
insert into dirty_user_days (user_id, day, marked_at)
select user_id, day, coalesce((select min(created_at) from events), now())
from (select user_id, day from user_days union select user_id, day from uncaught_crashes) known;

-- Histories answer what these were for.
drop index user_days_week_mixed;
drop index user_days_day_shared;
drop index user_days_user;
alter table user_days
  drop column week_mixed,
  drop column week_first,
  drop column sole_of_day,
  drop column steps;
