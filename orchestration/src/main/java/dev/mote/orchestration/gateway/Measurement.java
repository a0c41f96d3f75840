package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.time.Instant;
import java.util.Optional;

/// A value that a device told of its own accord.
///
/// @param path the resource
/// @param time when it held, where the device says so
public record Measurement(ResourcePath path, Optional<Instant> time, Value value) {}
