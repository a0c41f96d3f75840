-- A tenant owns everything else; no row of one is ever shown to another.
create table tenant (
  id uuid primary key,
  name text not null unique,
  created timestamptz not null default now()
);
