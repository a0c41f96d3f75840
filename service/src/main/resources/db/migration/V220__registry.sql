create extension if not exists pg_trgm;

create table model (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  name text not null,
  description text not null default '',
  tags text[] not null default '{}',
  -- What search looks through: name, description and tags in lower case.
  words text not null,
  -- Number of the newest version there ever was; numbers are never given twice.
  versions integer not null default 0,
  created timestamptz not null,
  created_by text not null,
  changed timestamptz not null,
  unique (tenant, name)
);
create index model_of_tenant on model (tenant, id);
create index model_words on model using gin (words gin_trgm_ops);

create table model_version (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  model uuid not null references model(id),
  number integer not null,
  format text not null,
  sha256 text not null references artifact(sha256),
  bytes bigint not null,
  file_name text not null,
  -- What the check at the door found.
  report jsonb not null,
  -- What people say about it; all else never changes.
  description text not null default '',
  labels jsonb not null default '{}',
  card text not null default '',
  created timestamptz not null,
  created_by text not null,
  unique (model, number),
  unique (model, sha256)
);
create index model_version_of_tenant on model_version (tenant, id);
create index model_version_by_content on model_version (tenant, sha256 text_pattern_ops);

create table model_alias (
  tenant uuid not null references tenant(id),
  model uuid not null references model(id) on delete cascade,
  name text not null,
  version uuid not null references model_version(id),
  moved timestamptz not null,
  moved_by text not null,
  primary key (model, name)
);
create index model_alias_of_version on model_alias (version);

create table model_alias_move (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  model uuid not null references model(id) on delete cascade,
  name text not null,
  -- Numbers of versions; empty where there was none, or is none any more.
  from_number integer,
  to_number integer,
  moved timestamptz not null,
  moved_by text not null
);
create index model_alias_move_of_model on model_alias_move (model, id);

create table module (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  version uuid not null references model_version(id),
  -- The build it came from; empty for one that was brought.
  build uuid,
  -- A delta and a reissue have a module that they come from.
  parent uuid references module(id),
  kind text not null check (kind in ('BUILD', 'DELTA', 'REISSUE')),
  target text not null,
  compiler text not null,
  compiler_version text not null,
  options jsonb not null,
  facts jsonb not null,
  facts_digest text not null,
  sha256 text not null references artifact(sha256),
  bytes bigint not null,
  sequence bigint not null,
  identity text not null,
  report jsonb not null,
  -- Artifact of the report for people.
  page text references artifact(sha256),
  created timestamptz not null
);
create index module_of_tenant on module (tenant, id);
create index module_of_version on module (version);
create index module_by_content on module (tenant, sha256 text_pattern_ops);
create index module_of_parent on module (parent);
create index module_by_identity on module (tenant, identity, sequence);

create table module_use (
  tenant uuid not null references tenant(id),
  module uuid not null references module(id),
  used_by text not null,
  since timestamptz not null,
  primary key (module, used_by)
);
