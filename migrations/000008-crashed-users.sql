-- With the user, so that a question with filters finds first crashes without a look at the wide rows.
drop index user_environments_crashed;
create index user_environments_crashed on user_environments (environment, first_crash_at)
  include (first_day, first_at, user_id) where first_crash_at is not null;
