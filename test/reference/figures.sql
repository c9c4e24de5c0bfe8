-- Every figure of GET /stats by brute force: straight from its definition, over the stored rows, with no thought
-- of speed. The rollups are held to these by the tests, and docs/metrics.md quotes them.
--
-- They read four views, made for one question (reference.ts):
--   p       one row: from_day, to_day
--   e       events that match the filters, with their UTC day, and numeric properties as columns
--   c       uncaught crashes that match the filters, with their UTC day
--   firsts  one row per user with an event: first_at, first_day
--   a       users active in the range

-- growth.total_users
select count(*) from firsts, p where first_day <= to_day;

-- growth.active_users_1d
select count(distinct user_id) from e, p where day = to_day;

-- growth.active_users_7d
select count(distinct user_id) from e, p where day between to_day - 6 and to_day;

-- growth.active_users_30d
select count(distinct user_id) from e, p where day between to_day - 29 and to_day;

-- growth.new_users_7d
select count(*) from firsts, p where first_day between to_day - 6 and to_day;

-- growth.new_users_30d
select count(*) from firsts, p where first_day between to_day - 29 and to_day;

-- growth.retention_7d
select avg(case when exists (
    select from e where e.user_id = firsts.user_id and e.day between first_day + 7 and first_day + 13
  ) then 1 else 0 end)
from firsts, p
where first_day + 13 <= to_day;

-- growth.retention_30d
select avg(case when exists (
    select from e where e.user_id = firsts.user_id and e.day between first_day + 30 and first_day + 59
  ) then 1 else 0 end)
from firsts, p
where first_day + 59 <= to_day;

-- growth.growth_rate_wow
select (count(*) filter (where first_day <= to_day) - count(*) filter (where first_day <= to_day - 7))::float8
  / nullif(count(*) filter (where first_day <= to_day - 7), 0)
from firsts, p;

-- growth.users_by_country
select coalesce(jsonb_agg(jsonb_build_object('country', country, 'users', users)), '[]')
from (
  select country, count(*) as users
  from (
    select distinct on (user_id) user_id, country
    from e, p
    where day between from_day and to_day and country is not null
    order by user_id, timestamp desc, event_id desc
  ) latest
  group by country
  order by users desc, country collate "C"
  limit 10
) listed;

-- usage.total_recordings
select count(*) from e, p where day between from_day and to_day and is_recording;

-- usage.total_minutes_recorded
select coalesce(sum(audio_duration_seconds), 0) / 60
from e, p
where day between from_day and to_day and is_recording;

-- usage.total_hours_transcribed
select coalesce(sum(audio_duration_seconds), 0) / 3600
from e, p
where day between from_day and to_day and event = 'transcription_completed';

-- usage.recordings_per_user
select (select count(*) from e, p where day between from_day and to_day and is_recording)::float8
  / nullif((select count(*) from a), 0);

-- usage.average_session_seconds
select avg(extract(epoch from last_at - first_at))
from (
  select min(timestamp) as first_at, max(timestamp) as last_at
  from e, p
  where day between from_day and to_day and session_id is not null
  group by session_id
) sessions;

-- usage.daily_active_users
select jsonb_agg(jsonb_build_object('date', date, 'users', users) order by date)
from (
  select date::date, count(distinct user_id) as users
  from p
  cross join generate_series(from_day::timestamp, to_day::timestamp, interval '1 day') as date
  left join e on e.day = date::date
  group by date
) days;

-- usage.weekly_active_users
select jsonb_agg(jsonb_build_object('week_start', week_start, 'users', users) order by week_start)
from (
  select week_start::date, count(distinct user_id) as users
  from p
  cross join generate_series(date_trunc('week', from_day::timestamp), to_day::timestamp, interval '7 days') as week_start
  left join e on e.day between from_day and to_day and date_trunc('week', e.day::timestamp) = week_start
  group by week_start
) weeks;

-- adoption.auto_paste_rate
select avg(case when (
    select enabled
    from e, p
    where e.user_id = a.user_id and e.day <= to_day and event = 'feature_toggled' and feature = 'auto_paste'
    order by timestamp desc, event_id desc
    limit 1
  ) then 1 else 0 end)
from a;

-- adoption.recordings_by_source
select jsonb_build_object(
    'widget', count(*) filter (where source = 'widget'),
    'main_window', count(*) filter (where source = 'main_window'))
from e, p
where day between from_day and to_day and is_recording;

-- adoption.widget_share
select avg(case when source = 'widget' then 1 else 0 end)
from e, p
where day between from_day and to_day and is_recording and source in ('widget', 'main_window');

-- adoption.dictionary_usage_rate
select avg(case when exists (
    select from e, p where e.user_id = a.user_id and e.day between from_day and to_day and event = 'dictionary_used'
  ) then 1 else 0 end)
from a;

-- adoption.retry_usage_rate
select avg(case when exists (
    select from e, p where e.user_id = a.user_id and e.day between from_day and to_day and event = 'retry_attempted'
  ) then 1 else 0 end)
from a;

-- adoption.dictionary_uses
select coalesce(sum(count), 0) from e, p where day between from_day and to_day and event = 'dictionary_used';

-- adoption.retries
select count(*) from e, p where day between from_day and to_day and event = 'retry_attempted';

-- quality.success_rate
select avg(case when event = 'transcription_completed' then 1 else 0 end)
from e, p
where day between from_day and to_day and event in ('transcription_completed', 'transcription_failed');

-- quality.error_rate
select avg(case when event = 'transcription_failed' then 1 else 0 end)
from e, p
where day between from_day and to_day and event in ('transcription_completed', 'transcription_failed');

-- quality.average_processing_seconds
select avg(processing_time_seconds) from e, p where day between from_day and to_day;

-- quality.p50_processing_seconds
select percentile_cont(0.5) within group (order by processing_time_seconds)
from e, p
where day between from_day and to_day;

-- quality.p95_processing_seconds
select percentile_cont(0.95) within group (order by processing_time_seconds)
from e, p
where day between from_day and to_day;

-- quality.errors_by_type
select coalesce(
    jsonb_agg(
      jsonb_build_object('error_type', error_type, 'count', failures, 'rate', failures::float8 / attempts)
      order by failures desc, error_type collate "C"),
    '[]')
from (
  select coalesce(nullif(error_type, ''), 'unknown') as error_type, count(*) as failures
  from e, p
  where day between from_day and to_day and event = 'transcription_failed'
  group by 1
) failed, (
  select count(*) as attempts
  from e, p
  where day between from_day and to_day and event in ('transcription_completed', 'transcription_failed')
) tried;

-- quality.average_startup_seconds
select avg(startup_time_seconds) from e, p where day between from_day and to_day and event = 'app_opened';

-- stability.crashes
select count(*) from c, p where day between from_day and to_day;

-- stability.crashes_7d
select count(*) from c, p where day between to_day - 6 and to_day;

-- stability.crashes_30d
select count(*) from c, p where day between to_day - 29 and to_day;

-- stability.crash_free_users_rate
select 1 - avg(case when exists (
    select from c, p where c.user_id = a.user_id and c.day between from_day and to_day
  ) then 1 else 0 end)
from a;

-- stability.crash_free_sessions_rate
select 1 - avg(case when crashed then 1 else 0 end)
from (
  select distinct session_id from e, p where day between from_day and to_day and session_id is not null
) sessions
left join (
  select distinct session_id, true as crashed from c, p where day between from_day and to_day
) crashes using (session_id);

-- stability.crashes_per_active_user
select (select count(*) from c, p where day between from_day and to_day)::float8 / nullif((select count(*) from a), 0);

-- stability.crashes_per_day
select jsonb_agg(jsonb_build_object('date', date, 'crashes', crashes) order by date)
from (
  select date::date, count(c.event_id) as crashes
  from p
  cross join generate_series(from_day::timestamp, to_day::timestamp, interval '1 day') as date
  left join c on c.day = date::date
  group by date
) days;

-- stability.top_crash_types
select coalesce(
    jsonb_agg(
      jsonb_build_object('crash_type', name, 'crashes', crashes, 'users', users)
      order by crashes desc, name collate "C"),
    '[]')
from (
  select crash_type as name, count(*) as crashes, count(distinct user_id) as users
  from c, p
  where day between from_day and to_day
  group by 1
) kinds;

-- stability.crashes_by_app_version
select coalesce(
    jsonb_agg(
      jsonb_build_object('app_version', name, 'crashes', crashes, 'users', users)
      order by crashes desc, name collate "C"),
    '[]')
from (
  select coalesce(nullif(app_version, ''), 'unknown') as name, count(*) as crashes, count(distinct user_id) as users
  from c, p
  where day between from_day and to_day
  group by 1
) versions;

-- stability.crashes_by_os_version
select coalesce(
    jsonb_agg(
      jsonb_build_object('os_version', name, 'crashes', crashes, 'users', users)
      order by crashes desc, name collate "C"),
    '[]')
from (
  select coalesce(nullif(os_version, ''), 'unknown') as name, count(*) as crashes, count(distinct user_id) as users
  from c, p
  where day between from_day and to_day
  group by 1
) versions;

-- stability.median_seconds_to_first_crash
select percentile_cont(0.5) within group (order by extract(epoch from crashed_at - first_at)::float8)
from (
  select user_id, min(timestamp) as crashed_at from c, p where day <= to_day group by user_id
) crashed
join firsts using (user_id), p
where first_day <= to_day and crashed_at >= first_at;

-- business.total_cost_usd
select coalesce(sum(estimated_cost_usd), 0) from e, p where day <= to_day;

-- business.cost_usd_7d
select coalesce(sum(estimated_cost_usd), 0) from e, p where day between to_day - 6 and to_day;

-- business.cost_usd_30d
select coalesce(sum(estimated_cost_usd), 0) from e, p where day between to_day - 29 and to_day;

-- business.average_cost_usd_per_user_30d
select coalesce(sum(estimated_cost_usd), 0) / nullif(count(distinct user_id), 0)
from e, p
where day between to_day - 29 and to_day;

-- business.recordings_per_active_user_7d
select count(*) filter (where is_recording)::float8 / nullif(count(distinct user_id), 0)
from e, p
where day between to_day - 6 and to_day;

-- business.feature_stickiness_7d
select jsonb_build_object(
    'auto_paste', avg(case when (
        select enabled
        from e, p
        where e.user_id = active.user_id and e.day <= to_day and event = 'feature_toggled' and feature = 'auto_paste'
        order by timestamp desc, event_id desc
        limit 1
      ) then 1 else 0 end),
    'widget', avg(case when widget then 1 else 0 end),
    'dictionary', avg(case when dictionary then 1 else 0 end),
    'retry', avg(case when retry then 1 else 0 end))
from (
  select user_id, bool_or(source = 'widget') as widget, bool_or(event = 'dictionary_used') as dictionary,
    bool_or(event = 'retry_attempted') as retry
  from e, p
  where day between to_day - 6 and to_day
  group by user_id
) active;

-- business.churned_users
select count(*)
from firsts, p
where first_day <= to_day
  and not exists (select from e where e.user_id = firsts.user_id and e.day between to_day - 29 and to_day);

-- business.churn_rate
select avg(case when exists (
    select from e where e.user_id = firsts.user_id and e.day between to_day - 29 and to_day
  ) then 0 else 1 end)
from firsts, p
where first_day <= to_day;
