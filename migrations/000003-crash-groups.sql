-- What people decided about groups of crashes. The groups themselves follow from crashes.fingerprint; a row is here
-- only once somebody has changed a status. Holds no user; a reference table on Citus.

create table crash_groups (
  fingerprint text collate "C" primary key,
  status text not null check (status in ('open', 'resolved', 'ignored')),
  -- The newest version that had crashed so when the group was resolved: a newer one opens it again.
  resolved_in_version text collate "C",
  changed_at timestamptz not null default now()
);

-- One group's crashes, latest first.
create index crashes_fingerprint on crashes (fingerprint, timestamp);
