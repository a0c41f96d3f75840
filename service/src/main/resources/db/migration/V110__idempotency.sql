-- Answers to requests with an Idempotency-Key, for their repetitions. The answer is sealed: it may hold a secret.
create table idempotency (
  account uuid not null,
  key text not null,
  request text not null,              -- method and address
  started timestamptz not null,
  digest bytea,                       -- SHA-256 of the body, once it was read
  status integer,                     -- null while the request runs
  headers jsonb,
  answer bytea,
  primary key (account, key)
);
create index idempotency_started on idempotency (started);
