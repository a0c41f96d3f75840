package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A request for modules.
///
/// @param ended whether all builds have
public record Compilation(
    UUID id,
    UUID version,
    Map<String, Object> options,
    Instant created,
    String createdBy,
    boolean ended,
    List<Part> builds) {
  /// A build of it.
  ///
  /// @param devices that it is for; 0 where only targets were given
  public record Part(int devices, Map<String, Object> facts, Build build) {}

  /// @param state `RUNNING`, `BUILT`, `FAILED` or `CANCELLED`
  /// @param code of the failure
  /// @param explanation why it is this compiler, sentences
  public record Build(
      UUID build,
      String state,
      Optional<UUID> module,
      Optional<String> code,
      Optional<String> failure,
      Optional<String> fix,
      List<String> explanation,
      Optional<UUID> job) {}
}
