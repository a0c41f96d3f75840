-- Groups of devices. Who is in one stands with the device, in `device.groups`, so that a filter needs no join; a group with
-- a filter follows what the devices say and what people make of them.
create table device_group (
  id uuid primary key,
  tenant uuid not null references tenant(id),
  name text not null,
  filter text,
  created timestamptz not null,
  unique (tenant, name)
);
create index device_in_group on device using gin (groups);
