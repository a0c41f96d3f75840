-- The key that signs a tenant's modules; the private half is sealed under the service's master key.
create table signing_key (
  id uuid primary key,
  tenant uuid not null unique references tenant(id),
  key_id text not null,
  public_pem text not null,
  sealed bytea not null,
  created timestamptz not null
);

-- Sequence numbers of a line of modules: what a device takes must be above what it has.
create table module_line (
  tenant uuid not null references tenant(id),
  identity text not null,
  last_sequence bigint not null,
  primary key (tenant, identity)
);

-- One build serves all devices of equal facts.
create table build (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  version uuid not null references model_version(id) on delete cascade,
  -- SHA-256 of all that goes into it: model, facts, options, compilers and their versions.
  key text not null,
  facts jsonb not null,
  facts_digest text not null,
  options jsonb not null,
  state text not null check (state in ('RUNNING', 'BUILT', 'FAILED', 'CANCELLED')),
  job uuid,
  module uuid references module(id) on delete set null,
  code text,
  failure text,
  fix text,
  -- Whether the reason may pass by itself, such as a tool that was not installed.
  may_pass boolean not null default false,
  choice jsonb,
  created timestamptz not null,
  created_by text not null,
  ended timestamptz,
  unique (tenant, version, key)
);
create index build_of_job on build (job);
create index build_of_module on build (module);

-- What was estimated before anything was built.
create table build_estimate (
  tenant uuid not null references tenant(id),
  version uuid not null references model_version(id) on delete cascade,
  key text not null,
  choice jsonb not null,
  primary key (tenant, version, key)
);

-- What somebody asked for: some builds together.
create table compilation (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  version uuid not null references model_version(id) on delete cascade,
  options jsonb not null,
  created timestamptz not null,
  created_by text not null
);
create index compilation_of_tenant on compilation (tenant, id);

create table compilation_build (
  tenant uuid not null references tenant(id),
  compilation uuid not null references compilation(id) on delete cascade,
  build uuid not null references build(id) on delete cascade,
  devices integer not null,
  primary key (compilation, build)
);

-- Modules encrypted for the key of one device. The file must stay the same while it is fetched piece by
-- piece, so it is kept for a while.
create table package (
  tenant uuid not null references tenant(id),
  module uuid not null,
  recipient text not null,
  sha256 text not null,
  created timestamptz not null,
  primary key (tenant, module, recipient)
);
create index package_by_age on package (created);
