create table job (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  kind text not null,
  title text not null,
  subject jsonb not null,
  state text not null check (state in ('WAITING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  -- Handed to the scheduler; before that it waits for its tenant's turn.
  dispatched boolean not null default false,
  -- Which of its runs counts: a process that was taken for dead and comes back finds another one here.
  run uuid,
  process text,
  -- How often it was started, was lost with its process, and was ended by its handler's exception.
  attempts integer not null default 0,
  lost integer not null default 0,
  failures integer not null default 0,
  not_before timestamptz not null default now(),
  cancel_asked boolean not null default false,
  progress integer not null default 0 check (progress between 0 and 100),
  progress_text text not null default '',
  failure text,
  result jsonb,
  log_lines bigint not null default 0,
  created timestamptz not null,
  started timestamptz,
  ended timestamptz
);
create index job_of_tenant on job (tenant, id);
create index job_in_line on job (tenant, id) where state = 'WAITING' and not dispatched;
create index job_alive on job (tenant) where state in ('WAITING', 'RUNNING');
create index job_ended on job (ended) where ended is not null;

create table job_log (
  job uuid not null references job(id) on delete cascade,
  line bigint not null,
  at timestamptz not null,
  text text not null,
  primary key (job, line)
);

-- db-scheduler's own table: one row for each job that is handed over and not ended.
create table scheduled_tasks (
  task_name text not null,
  task_instance text not null,
  task_data bytea,
  execution_time timestamptz not null,
  picked boolean not null,
  picked_by text,
  last_success timestamptz,
  last_failure timestamptz,
  consecutive_failures integer,
  last_heartbeat timestamptz,
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_due on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);
