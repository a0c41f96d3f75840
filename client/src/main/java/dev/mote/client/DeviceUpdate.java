package dev.mote.client;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An update of one device.
///
/// @param requestedBy `rollout:UUID` or `user:NAME`
/// @param phase what it waits for
/// @param outcome how it ended; empty while it runs
/// @param words why it ended as it did
public record DeviceUpdate(
    UUID id,
    UUID device,
    Optional<UUID> module,
    String title,
    String requestedBy,
    String phase,
    int attempt,
    long bytesMoved,
    long bytesTotal,
    Instant started,
    Optional<Instant> ended,
    Optional<String> outcome,
    Optional<String> failure,
    Optional<String> words) {}
