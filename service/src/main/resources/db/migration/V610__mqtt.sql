-- How far events were passed on to the MQTT broker.
create table mqtt_position (
  single boolean primary key default true check (single),
  transaction bigint not null,
  number bigint not null
);
