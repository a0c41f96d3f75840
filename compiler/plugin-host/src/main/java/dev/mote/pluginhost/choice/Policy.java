package dev.mote.pluginhost.choice;

import java.util.Optional;

/// What makes one compiler better than another, among those whose module fits.
///
/// @param goal what counts
/// @param vendor with [Goal#VENDOR]: whose compilers come first; the fastest of them
public record Policy(Goal goal, Optional<String> vendor) {

  /// The fastest that fits.
  public static final Policy FASTEST = new Policy(Goal.FASTEST, Optional.empty());

  private static final String VENDOR = "vendor:";

  /// What counts.
  public enum Goal {
    /// Fewest cycles; where only instructions are known, these, since no core executes more than
    /// one in a cycle for long.
    FASTEST,
    /// Least flash, then least RAM.
    SMALLEST,
    /// Least energy for an inference.
    LEAST_ENERGY,
    /// A vendor's before all others, then the fastest.
    VENDOR
  }

  public Policy {
    if (vendor.isPresent() != (goal == Goal.VENDOR)) {
      throw new IllegalArgumentException("a vendor goes with the goal VENDOR, and only with it");
    }
  }

  /// `fastest`, `smallest`, `least-energy` or `vendor:NAME`; empty when it is none of them.
  public static Optional<Policy> parse(String text) {
    return switch (text) {
      case "fastest" -> Optional.of(FASTEST);
      case "smallest" -> Optional.of(new Policy(Goal.SMALLEST, Optional.empty()));
      case "least-energy" -> Optional.of(new Policy(Goal.LEAST_ENERGY, Optional.empty()));
      default ->
          text.startsWith(VENDOR) && text.length() > VENDOR.length()
              ? Optional.of(new Policy(Goal.VENDOR, Optional.of(text.substring(VENDOR.length()))))
              : Optional.empty();
    };
  }

  /// As it is parsed.
  @Override
  public String toString() {
    return switch (goal) {
      case FASTEST -> "fastest";
      case SMALLEST -> "smallest";
      case LEAST_ENERGY -> "least-energy";
      case VENDOR -> VENDOR + vendor.orElseThrow();
    };
  }
}
