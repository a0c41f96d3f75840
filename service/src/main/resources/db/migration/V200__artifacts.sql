-- Large objects, named by what is in them. The bytes lie in the store; a row says that they are whole.
create table artifact (
  sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bigint not null check (bytes >= 0),
  -- When it was last stored: what was just stored is not swept before its owner could say so.
  touched timestamptz not null
);

-- Who keeps an artifact. Without any it is swept.
create table artifact_holder (
  tenant uuid not null references tenant(id),
  sha256 text not null references artifact(sha256),
  holder text not null,
  primary key (tenant, sha256, holder)
);
create index artifact_holder_by_content on artifact_holder (sha256);
