package dev.mote.service.registry;

import java.util.Optional;
import java.util.UUID;

/// A module to be added, with its lineage.
///
/// @param version that it came from
/// @param build that made it
/// @param parent module that a delta or a reissue came from
/// @param options of the build; becomes JSON
/// @param facts about the device that it was built for; becomes JSON
/// @param factsDigest equal for equal facts
/// @param sha256 of the signed file, which is already among the artifacts
/// @param report of the build; becomes JSON
/// @param pageSha256 of the report as HTML, which is already among the artifacts
public record NewModule(
    UUID tenant,
    UUID version,
    Optional<UUID> build,
    Optional<UUID> parent,
    Kind kind,
    String target,
    String compiler,
    String compilerVersion,
    Object options,
    Object facts,
    String factsDigest,
    String sha256,
    long sequence,
    String identity,
    Object report,
    Optional<String> pageSha256) {

  /// How a module came to be.
  public enum Kind {
    BUILD,
    DELTA,
    REISSUE
  }
}
