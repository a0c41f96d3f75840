-- What devices tell of their own accord. A partition holds a day, so that old days go without a scan.
create table telemetry_point (
  tenant uuid not null,
  device uuid not null,
  path text not null,
  at timestamptz not null,
  value double precision,
  words text
) partition by range (at);

create table telemetry_point_rest partition of telemetry_point default;

create index telemetry_point_device on telemetry_point (device, at);

-- The same by the hour, kept for long.
create table telemetry_hour (
  tenant uuid not null,
  device uuid not null,
  path text not null,
  hour timestamptz not null,
  points bigint not null,
  low double precision not null,
  high double precision not null,
  mean double precision not null,
  primary key (device, path, hour)
);

create index telemetry_hour_old on telemetry_hour (hour);

-- How far the days were summed up.
create table telemetry_summed (
  single boolean primary key default true check (single),
  until timestamptz not null
);
