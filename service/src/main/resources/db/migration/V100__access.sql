-- Users. Names are unique within a tenant. Roles are names of `access.Role`.
create table account (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  name text not null,
  password text,                      -- bcrypt; null for users of an OpenID provider
  roles text[] not null,
  system boolean not null default false,
  disabled boolean not null default false,
  issuer text,                        -- of OpenID Connect, with the subject there
  issuer_subject text,
  created timestamptz not null,
  last_login timestamptz,
  unique (tenant, name),
  unique (tenant, id),
  unique (issuer, issuer_subject)
);

-- What a caller shows: sessions (of a browser or of the command line) and API tokens. Only the hash of
-- the secret is here.
create table pass (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  account uuid not null,
  kind text not null check (kind in ('SESSION', 'TOKEN')),
  name text not null,
  hash bytea not null unique,         -- SHA-256 of a secret of 256 random bits
  roles text[] not null,
  system boolean not null default false,
  created timestamptz not null,
  expires timestamptz not null,
  last_use timestamptz,
  foreign key (tenant, account) references account(tenant, id) on delete cascade
);
create index pass_account on pass (tenant, account, id);
create index pass_expires on pass (expires);

create table login_failure (
  key text not null,                  -- "user:TENANT/NAME" or "address:IP"
  time timestamptz not null
);
create index login_failure_key on login_failure (key, time);

-- Appended to, never changed: the trigger refuses it.
create table audit (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  time timestamptz not null,
  account uuid not null,
  account_name text not null,
  action text not null,
  object text not null,
  details jsonb not null
);
create index audit_tenant on audit (tenant, id);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append only';
end $$;
create trigger audit_append_only before update or delete or truncate on audit
  for each statement execute function audit_is_append_only();

create table quota (
  tenant uuid not null references tenant(id),
  what text not null,
  "limit" bigint,                     -- null: the configured one
  used bigint not null default 0 check (used >= 0),
  primary key (tenant, what)
);

-- What happened, for those who watch. Read in the order of (transaction, number), and only rows of
-- transactions that no running one can come before.
create table event (
  transaction bigint not null default (pg_current_xact_id()::text::bigint),
  number bigint generated always as identity,
  tenant uuid not null references tenant(id),
  kind text not null,
  subject text not null,
  content jsonb not null,
  time timestamptz not null,
  primary key (transaction, number)
);
create index event_tenant on event (tenant, transaction, number);
create index event_time on event (time);
