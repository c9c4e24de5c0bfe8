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
