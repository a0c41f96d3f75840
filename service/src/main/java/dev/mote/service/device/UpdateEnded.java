package dev.mote.service.device;

import dev.mote.orchestration.update.FailureClass;
import java.util.Optional;
import java.util.UUID;

/// The end of an update.
///
/// @param tenant whose
/// @param update which
/// @param device the device
/// @param module the module; empty for a firmware of others
/// @param requestedBy as given to [Updates#begin]
/// @param outcome how it ended
/// @param failure its class, if it failed
/// @param words why, for people
public record UpdateEnded(
    UUID tenant,
    UUID update,
    UUID device,
    Optional<UUID> module,
    String requestedBy,
    Outcome outcome,
    Optional<FailureClass> failure,
    String words) {

  /// Ways to end.
  public enum Outcome {
    SUCCEEDED,
    FAILED,
    CANCELLED
  }
}
