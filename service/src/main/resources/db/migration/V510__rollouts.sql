-- Rollouts. `state` is the machine's, `phase` and `wake` are copies of it to be found by.
create table rollout (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  name text not null,
  version uuid not null,
  target jsonb not null,
  plan jsonb not null,
  options jsonb not null,
  delivery text,
  state jsonb not null,
  phase text not null,
  -- Whether changes of devices are to be told to it, and whether those that are not in it may join.
  live boolean not null default false,
  open boolean not null default false,
  created timestamptz not null,
  created_by uuid not null,
  creator text not null,
  approved_by uuid,
  approver text,
  started timestamptz,
  ended timestamptz,
  wake timestamptz
);
create index rollout_of_tenant on rollout (tenant, id);
create index rollout_live on rollout (tenant) where live;
create index rollout_wake on rollout (wake) where wake is not null;

-- How many devices are where: one row for each wave, changed by differences, so that nothing counts devices.
create table rollout_wave (
  rollout uuid not null references rollout(id),
  number integer not null,
  waiting integer not null default 0,
  running integer not null default 0,
  succeeded integer not null default 0,
  failed integer not null default 0,
  skipped integer not null default 0,
  to_return integer not null default 0,
  going_back integer not null default 0,
  returned integer not null default 0,
  not_returned integer not null default 0,
  primary key (rollout, number)
);

-- The primary key is why no device is in a rollout twice. `rank` is its stable place among all; `there` whether it can be
-- spoken to, kept while it waits.
create table rollout_device (
  rollout uuid not null references rollout(id),
  device uuid not null,
  tenant uuid not null references tenant(id),
  wave integer not null,
  rank bigint not null,
  state text not null,
  there boolean not null,
  digest text,
  module uuid,
  attempts integer not null default 0,
  returns integer not null default 0,
  not_before timestamptz,
  running_update uuid,
  recalled boolean not null default false,
  doubtful boolean not null default false,
  gone boolean not null default false,
  former_identity text,
  former_version text,
  failure text,
  reason text not null default '',
  changed timestamptz not null,
  primary key (rollout, device)
);
create index rollout_device_ready on rollout_device (rollout, wave, rank)
  where state = 'WAITING' and there and module is not null;
create index rollout_device_waiting on rollout_device (rollout, digest) where state = 'WAITING';
create index rollout_device_back on rollout_device (rollout, rank) where state = 'RETURNING';
create index rollout_device_running on rollout_device (rollout) where state in ('RUNNING', 'GOING_BACK');
create index rollout_device_later on rollout_device (rollout, not_before)
  where not_before is not null and state in ('WAITING', 'RETURNING');
create index rollout_device_of on rollout_device (device);

-- Builds that a rollout waits for: one for all devices with equal facts.
create table rollout_build (
  rollout uuid not null references rollout(id),
  digest text not null,
  build uuid not null,
  module uuid,
  failure text,
  primary key (rollout, digest)
);
create index rollout_build_of on rollout_build (build) where module is null and failure is null;

-- Former modules, issued again for devices that go back to them.
create table rollout_return (
  rollout uuid not null references rollout(id),
  identity text not null,
  version text not null,
  module uuid,
  failure text,
  primary key (rollout, identity, version)
);

-- What happened since a rollout was last looked at. Whoever puts something in holds no lock on the rollout, so that the ends
-- of many updates do not wait for each other.
create table rollout_event (
  number bigint generated always as identity primary key,
  rollout uuid not null,
  kind text not null,
  device uuid,
  running_update uuid,
  outcome text,
  failure text,
  words text not null default ''
);
create index rollout_event_of on rollout_event (rollout, number);

create table rollout_note (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  rollout uuid not null references rollout(id),
  at timestamptz not null,
  what text not null
);
create index rollout_note_of on rollout_note (rollout, id);
