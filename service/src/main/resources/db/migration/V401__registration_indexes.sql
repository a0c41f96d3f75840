-- Each costs every registration an entry, and nobody asks for them while devices speak: addresses are
-- looked for in memory, and a process reads what is its own once, when it starts.
drop index device_registration_address;
drop index device_registration_node;
