package dev.mote.service.device;

import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.FailureClass;
import dev.mote.orchestration.update.Phase;
import dev.mote.orchestration.update.UpdateObject;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An update of a device, as far as it is.
///
/// @param id of the update
/// @param device which it is of
/// @param module what it brings; empty for a firmware of others
/// @param title what it brings, for people
/// @param requestedBy `rollout:UUID` or `user:NAME`
/// @param object over which it goes
/// @param delivery who moves the bytes
/// @param phase what it waits for
/// @param attempt number of the attempt, from 1
/// @param bytesMoved bytes that have arrived
/// @param bytesTotal of the package
/// @param started when
/// @param ended when; empty while it runs
/// @param outcome how it ended
/// @param failure its class, if it failed
/// @param words why it ended as it did; empty while it runs
public record Update(
    UUID id,
    UUID device,
    Optional<UUID> module,
    String title,
    String requestedBy,
    UpdateObject object,
    Delivery delivery,
    Phase phase,
    int attempt,
    long bytesMoved,
    long bytesTotal,
    Instant started,
    Optional<Instant> ended,
    Optional<UpdateEnded.Outcome> outcome,
    Optional<FailureClass> failure,
    Optional<String> words) {}
