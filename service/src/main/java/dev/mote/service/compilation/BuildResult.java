package dev.mote.service.compilation;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What became of a build.
///
/// @param build its id
/// @param state where it is
/// @param module what was built
/// @param code why nothing was: `MOTE-8201` and the like
/// @param failure the same in words
/// @param fix what to do about it
/// @param explanation why this module, or why nothing fits, a sentence to the line; empty until it
///     ended
/// @param job that does it
public record BuildResult(
    UUID build,
    BuildState state,
    Optional<UUID> module,
    Optional<String> code,
    Optional<String> failure,
    Optional<String> fix,
    List<String> explanation,
    Optional<UUID> job) {

  public BuildResult {
    explanation = List.copyOf(explanation);
  }
}
