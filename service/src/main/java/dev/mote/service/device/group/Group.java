package dev.mote.service.device.group;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A group of devices.
///
/// @param filter what devices must match; empty when people put them in
record Group(UUID id, String name, Optional<String> filter, Instant created) {}
