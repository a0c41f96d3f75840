package dev.mote.service.rollout;

import dev.mote.builder.BuildOptions;
import dev.mote.orchestration.update.Delivery;
import dev.mote.service.rollout.machine.RolloutPlan;
import dev.mote.service.rollout.machine.RolloutState;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A rollout as it is stored.
///
/// @param version of a model
/// @param options of the builds
/// @param delivery who moves the bytes; empty leaves it to the device
record Rollout(
    UUID id,
    UUID tenant,
    String name,
    UUID version,
    Target target,
    RolloutPlan plan,
    BuildOptions options,
    Optional<Delivery> delivery,
    RolloutState state,
    Instant created,
    UUID createdBy,
    String creator,
    Optional<String> approver,
    Optional<Instant> started,
    Optional<Instant> ended) {}
