package dev.mote.optimizer.search;

import dev.mote.plugin.Target;
import java.time.Duration;
import java.util.Optional;

/// What a variant takes on the target.
///
/// @param build how it was compiled
/// @param flashBytes constants and code
/// @param ramBytes the arena
/// @param cycles of one inference; 0 when the target has no table of costs
/// @param clockHz of the target; 0 when it has none
/// @param measured whether code and cycles come from the emulated board; otherwise they are
///     estimates of the compiler
/// @param instructions of one inference, as counted; 0 when not measured
public record Cost(
    Build build,
    long flashBytes,
    long ramBytes,
    long cycles,
    long clockHz,
    boolean measured,
    long instructions) {

  public Cost {
    if (flashBytes < 0 || ramBytes < 0 || cycles < 0 || clockHz < 0 || instructions < 0) {
      throw new IllegalArgumentException("costs are not negative");
    }
  }

  /// What the compiler expects.
  public static Cost estimated(
      Build build, long flashBytes, long ramBytes, long cycles, Target target) {
    return new Cost(build, flashBytes, ramBytes, cycles, target.clockHz(), false, 0);
  }

  /// Time of one inference at the target's highest clock; empty when cycles or clock are not known.
  public Optional<Duration> latency() {
    return cycles == 0 || clockHz == 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.round(1e9 * cycles / clockHz)));
  }

  /// Whether nothing is larger than in `other`, and something smaller.
  boolean dominates(Cost other) {
    return flashBytes <= other.flashBytes
        && ramBytes <= other.ramBytes
        && cycles <= other.cycles
        && (flashBytes < other.flashBytes || ramBytes < other.ramBytes || cycles < other.cycles);
  }

  /// Whether all figures are equal.
  boolean sameAs(Cost other) {
    return flashBytes == other.flashBytes && ramBytes == other.ramBytes && cycles == other.cycles;
  }
}
