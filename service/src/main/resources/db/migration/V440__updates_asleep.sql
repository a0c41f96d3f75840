-- Updates that wait for devices to wake up, for rollouts to count.
create index device_update_asleep on device_update (requested_by) where ended is null and not reachable;
