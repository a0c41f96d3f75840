package dev.mote.service.compilation;

import dev.mote.builder.DeviceFacts;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The builds that some devices need, one for each set of facts.
///
/// @param version what would be built
/// @param builds in the order of the facts
public record Plan(UUID version, List<Planned> builds) {

  public Plan {
    builds = List.copyOf(builds);
  }

  /// A build, or why there is none.
  ///
  /// @param facts of the devices
  /// @param devices how many have them
  /// @param fits whether they get a module; an estimate while nothing is built
  /// @param target what is compiled for
  /// @param compiler who makes it
  /// @param kind of the payload
  /// @param explanation why it is this one, or why nothing fits, a sentence to the line
  /// @param build if it was asked for already
  /// @param module if it is built already
  public record Planned(
      DeviceFacts facts,
      int devices,
      boolean fits,
      Optional<String> target,
      Optional<String> compiler,
      Optional<String> kind,
      List<String> explanation,
      Optional<UUID> build,
      Optional<UUID> module) {
    public Planned {
      explanation = List.copyOf(explanation);
    }
  }
}
