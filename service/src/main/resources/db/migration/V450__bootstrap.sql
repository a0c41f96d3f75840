-- What a credential opens: the server, or the bootstrap server, which gives credentials for the server.
alter table device_credential add bootstrap boolean not null default false;
alter table device_credential add given boolean not null default false;
