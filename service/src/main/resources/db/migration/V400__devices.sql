-- A device and what is known of it. Columns that filters ask for are plain; `state` and `last_contact` have no index, so that
-- a sign of life changes no index.
create table device (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  endpoint text not null unique,
  name text not null,
  state text not null default 'NEVER_SEEN',
  created timestamptz not null,
  last_contact timestamptz,
  last_registered timestamptz,
  registrations bigint not null default 0,
  manufacturer text,
  model text,
  firmware_version text,
  target text,
  architecture text,
  core text,
  ram_free bigint,
  flash_free bigint,
  runtime_abi bigint,
  module_name text,
  module_version text,
  module_identity text,
  facts_digest text,
  recipient bytea,
  tags jsonb not null default '{}',
  groups text[] not null default '{}'
) with (fillfactor = 70);
create index device_tenant on device (tenant, id);
create index device_facts on device (tenant, facts_digest);
create index device_tags on device using gin (tags jsonb_path_ops);

-- What a device said of itself, in full.
create table device_word (
  device uuid primary key references device(id) on delete cascade,
  links text,
  capabilities jsonb,
  facts jsonb,
  doubts jsonb,
  read_at timestamptz,
  wanted_at timestamptz
);

-- What a device must prove to register. Several at once only while one follows another.
create table device_credential (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  device uuid not null references device(id) on delete cascade,
  kind text not null,
  identity text,
  secret bytea,
  created timestamptz not null,
  first_used timestamptz,
  unique (kind, identity)
);

-- Secrets that all processes share, sealed.
create table device_secret (
  name text primary key,
  sealed bytea not null
);
create index device_credential_device on device_credential (device);

-- Devices that proved who they are, but that nobody has entered.
create table device_newcomer (
  endpoint text primary key,
  tenant uuid not null references tenant(id),
  kind text not null,
  identity text not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null
);
create index device_newcomer_tenant on device_newcomer (tenant, endpoint);

create table device_settings (
  tenant uuid primary key references tenant(id),
  newcomers boolean not null default false
);

-- Registrations as the LwM2M server keeps them. `node` is the process that the device last spoke to.
create table device_registration (
  endpoint text primary key,
  id text not null unique,
  address text not null,
  identity text not null,
  expires timestamptz not null,
  node text not null,
  seen timestamptz not null,
  content text not null
) with (fillfactor = 70);
create index device_registration_address on device_registration (address);
create index device_registration_identity on device_registration (identity);
create index device_registration_expires on device_registration (expires);
create index device_registration_node on device_registration (node);

create table device_observation (
  key text primary key,
  registration text not null,
  content text not null
);
create index device_observation_registration on device_observation (registration);

-- What devices are to be asked or told, in order. What people asked stays with its answer for a while.
create table device_request (
  id uuid primary key,
  number bigint generated always as identity,
  tenant uuid not null references tenant(id),
  device uuid not null references device(id) on delete cascade,
  endpoint text not null,
  origin text not null,
  cause uuid,
  request jsonb not null,
  created timestamptz not null,
  expires timestamptz not null,
  taken_by text,
  attempts integer not null default 0,
  ended timestamptz,
  answer jsonb
);
create index device_request_next on device_request (endpoint, number) where ended is null;
create index device_request_expires on device_request (expires) where ended is null;
create index device_request_device on device_request (device, id);
create index device_request_cause on device_request (cause) where cause is not null;

-- Updates of devices. At most one runs for each.
create table device_update (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  device uuid not null references device(id) on delete cascade,
  module uuid,
  firmware uuid,
  title text not null,
  requested_by text not null,
  object text not null,
  delivery text not null,
  phase text not null,
  attempt integer not null default 1,
  bytes_moved bigint not null default 0,
  bytes_total bigint not null,
  sha256 text not null,
  progress jsonb not null,
  transfer uuid,
  reachable boolean not null default true,
  wake timestamptz,
  started timestamptz not null,
  ended timestamptz,
  outcome text,
  failure text,
  words text
);
create unique index device_update_running on device_update (device) where ended is null;
create index device_update_wake on device_update (wake) where ended is null;
create index device_update_device on device_update (device, id);
create index device_update_requested on device_update (requested_by, id);

-- Firmware of any vendor, for object 5; its bytes are an artifact.
create table device_firmware (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  name text not null,
  version text not null,
  sha256 text not null,
  bytes bigint not null,
  created timestamptz not null,
  unique (tenant, name, version)
);

create table device_history (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  device uuid not null references device(id) on delete cascade,
  at timestamptz not null,
  kind text not null,
  what text not null
);
create index device_history_device on device_history (device, id);
