-- Each user's history in one row: what questions with filters, funnels, cohorts and counts of events are answered from.
-- Their cost no longer depends on how many rows a user or a day has.
--
-- Numbers for the types of failures, in histories.
create table error_types (
  error_type_id int primary key,
  error_type text collate "C" not null unique
);

-- What one user did, as server/store/histories/format.ts tells the bytes. Days up to settled_to (a number, as there) are
-- in `settled`, later ones in `recent`, so that a new day does not rewrite all those before it; and what they add up to
-- in the columns of amounts, in the same order.
create table user_histories (
  user_id uuid primary key,
  -- Since when the user is known with each facet; outlives retention, as long as the user has any record.
  firsts bytea not null,
  recent bytea not null,
  recent_amounts bytea not null,
  recent_days int not null,
  settled bytea,
  settled_amounts bytea,
  settled_to int
) with (fillfactor = 70);
-- Looked at by each question: reading it must not cost more than its bytes.
alter table user_histories
  alter column recent set storage external,
  alter column recent_amounts set storage external,
  alter column settled set storage external,
  alter column settled_amounts set storage external;

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
drop index user_days_day_shared;
drop index user_days_user;
alter table user_days
  drop column week_mixed,
  drop column week_first,
  drop column sole_of_day,
  drop column steps;
