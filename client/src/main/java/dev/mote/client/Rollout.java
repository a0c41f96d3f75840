package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A rollout as it is now.
///
/// @param version of a model
/// @param phase such as `RUNNING` or `SUCCEEDED`
/// @param stage what it does while it runs
/// @param wave number of the present wave, from 1
/// @param reason why it is in its phase
/// @param waitsFor what it waits for, sentences
/// @param plan how it is to go
public record Rollout(
    UUID id,
    String name,
    UUID version,
    Map<String, Object> target,
    String phase,
    Optional<String> stage,
    int wave,
    String reason,
    List<String> waitsFor,
    Tally counts,
    List<Wave> waves,
    Map<String, Object> plan,
    Map<String, Object> options,
    Instant created,
    String createdBy,
    Optional<String> approvedBy,
    Optional<Instant> started,
    Optional<Instant> ended) {
  /// @param number from 1
  public record Wave(int number, String name, Tally counts) {}

  /// Whether nothing comes after its phase.
  public boolean isOver() {
    return Set.of("SUCCEEDED", "FAILED", "ABORTED", "ROLLED_BACK").contains(phase);
  }
}
