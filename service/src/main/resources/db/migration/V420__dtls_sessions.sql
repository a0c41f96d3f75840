-- DTLS sessions of a process that stopped, sealed, until it starts again.
create table device_dtls (
  node text primary key,
  sealed bytea not null,
  kept timestamptz not null
);
