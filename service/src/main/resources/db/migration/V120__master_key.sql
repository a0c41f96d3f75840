-- One row: a text that is sealed under the master key of the service, to tell a wrong key at the start.
create table master_key (
  sealed bytea not null
);
