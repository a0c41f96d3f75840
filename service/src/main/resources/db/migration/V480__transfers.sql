-- An update is looked up by its transfer while that moves.
create index device_update_transfer on device_update (transfer) where transfer is not null;
-- The service has the statistics of queues renewed as they grow: their tables may be cut down again when they are empty.
alter table device_request reset (vacuum_truncate);
alter table device_update reset (vacuum_truncate);
