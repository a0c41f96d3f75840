package dev.mote.client;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A device of a rollout.
///
/// @param reason why it is in its state
public record RolloutDevice(
    UUID device,
    String name,
    int wave,
    String state,
    int attempts,
    Optional<UUID> module,
    Optional<UUID> update,
    Optional<String> failure,
    String reason,
    Optional<Instant> notBefore,
    Instant changed) {}
