-- What is out of the ordinary, and who was told of it. None of these tables holds a user.

-- An incident: open until the rule finds it mended. Rules that tell of something once close it at once.
create table alerts (
  alert_id bigint generated always as identity primary key,
  rule text collate "C" not null,
  -- What it is about, such as a version; '' where the rule has one subject only.
  subject text collate "C" not null,
  title text not null,
  detail text not null,
  -- How it ended; null while open.
  recovery text,
  opened_at timestamptz not null default now(),
  resolved_at timestamptz
);
-- Once per incident, whichever server looks.
create unique index alerts_open on alerts (rule, subject) where resolved_at is null;
create index alerts_opened_at on alerts (opened_at);

-- Messages on their way. Written in the transaction that found the reason; taken by one server at a time, with a lock
-- that lasts as long as it needs to write down when the next attempt may begin.
create table messages (
  message_id bigint generated always as identity primary key,
  channel text not null check (channel in ('email', 'webhook')),
  -- The reason: each is told once on a channel.
  reason text collate "C" not null,
  alert_id bigint references alerts on delete cascade,
  -- What is sent, as its channel needs it.
  content jsonb not null,
  created_at timestamptz not null default now(),
  attempts int not null default 0,
  -- Null: nothing more to do, sent or given up.
  next_attempt_at timestamptz default now(),
  sent_at timestamptz,
  -- Of the last attempt.
  failure text,
  unique (channel, reason)
);
create index messages_due on messages (next_attempt_at) where next_attempt_at is not null;
create index messages_alert on messages (alert_id);

-- Crash groups that were looked at; what is stored already is not new.
create table known_crash_groups (
  fingerprint text collate "C" primary key,
  seen_at timestamptz not null default now()
);
insert into known_crash_groups (fingerprint) select distinct fingerprint from crashes where crash_type <> 'handled_error';

-- Minutes in which records arrived, to know what silence is usual.
create table arrivals (
  minute timestamptz primary key
);
