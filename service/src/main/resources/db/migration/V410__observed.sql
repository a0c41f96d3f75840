-- When a device was last asked to tell its values; none when it must be asked again.
alter table device add observed timestamptz;
