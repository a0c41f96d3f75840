-- A registration keeps its place: registering anew, updating and observing leave all that is indexed
-- as it is, so that PostgreSQL writes them without touching an index (heap-only tuples).

-- The part of the id that is the same for all registrations of an endpoint takes the index of the id.
alter table device_registration add slot text;
update device_registration set slot = left(id, 4);
alter table device_registration alter slot set not null;
alter table device_registration drop constraint device_registration_id_key;
create index device_registration_slot on device_registration (slot);

-- Not later than `expires`, and moved there only when it is over: a device that keeps its registration
-- alive does not move it.
alter table device_registration add due timestamptz;
update device_registration set due = expires;
alter table device_registration alter due set not null;
drop index device_registration_expires;
create index device_registration_due on device_registration (due);

-- Observations go where their registration goes: token by path.
alter table device_registration add observations jsonb not null default '{}';
update device_registration r set observations = o.tokens
from (
  select registration, jsonb_object_agg(content::jsonb #>> '{paths,0}', content::jsonb ->> 'token') as tokens
  from device_observation where content::jsonb #>> '{paths,0}' is not null group by registration
) o
where o.registration = r.id;
drop table device_observation;

-- The node that had it before the last write.
alter table device_registration add former text;
