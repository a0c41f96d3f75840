-- A queue is empty most of the time. When its table is cut down to nothing, all indexes seem to cost the same, and a plan that is kept from
-- then may walk through a whole one for each row, when thousands wait.
alter table device_request set (vacuum_truncate = false);
alter table device_update set (vacuum_truncate = false);
