package dev.mote.optimizer.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What a variant must keep within.
///
/// @param flashBytes most bytes of constants and code
/// @param ramBytes largest arena
/// @param latency longest inference at the target's highest clock
/// @param cycles most cycles of one inference
/// @param accuracy least accuracy
/// @param agreement least share of samples with the original's answer
/// @param flips largest share of samples that the original had right and the variant has wrong
public record Budget(
    OptionalLong flashBytes,
    OptionalLong ramBytes,
    Optional<Duration> latency,
    OptionalLong cycles,
    Optional<Goal> accuracy,
    OptionalDouble agreement,
    OptionalDouble flips) {

  /// No limits.
  public static final Budget NONE =
      new Budget(
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty());

  public Budget {
    if (flashBytes.orElse(1) <= 0 || ramBytes.orElse(1) <= 0 || cycles.orElse(1) <= 0) {
      throw new IllegalArgumentException("a budget is more than nothing");
    }
    if (!isShare(agreement) || !isShare(flips)) {
      throw new IllegalArgumentException("a share lies between 0 and 1");
    }
  }

  private static boolean isShare(OptionalDouble value) {
    return value.isEmpty() || (value.getAsDouble() >= 0 && value.getAsDouble() <= 1);
  }

  /// A limit that is not kept.
  ///
  /// @param excess by how much, in parts of the limit: shares of samples count in parts of one
  public record Miss(String what, String limit, String reached, double excess) {

    /// `flash 61,204 bytes (limit 50,000)`.
    @Override
    public String toString() {
      return what + " " + reached + " (limit " + limit + ")";
    }
  }

  /// Whether memory or time is limited.
  public boolean limitsResources() {
    return flashBytes.isPresent()
        || ramBytes.isPresent()
        || latency.isPresent()
        || cycles.isPresent();
  }

  /// Whether answers are judged by labels.
  public boolean needsLabels() {
    return accuracy.isPresent();
  }

  /// Every limit that a variant does not keep.
  ///
  /// @param original accuracy of the float original on all samples; empty without labels
  public List<Miss> misses(Cost cost, Quality quality, OptionalDouble original) {
    List<Miss> misses = new ArrayList<>(misses(cost));
    accuracy.ifPresent(
        goal ->
            share(
                misses,
                "accuracy",
                quality.expected(original),
                goal.least(original.orElse(1)),
                true));
    agreement.ifPresent(
        least -> share(misses, "agreement with the original", quality.agreement(), least, true));
    flips.ifPresent(most -> share(misses, "negative flips", quality.negativeFlips(), most, false));
    return misses;
  }

  /// The limits of memory and time that are not kept.
  public List<Miss> misses(Cost cost) {
    List<Miss> misses = new ArrayList<>();
    flashBytes.ifPresent(most -> amount(misses, "flash", cost.flashBytes(), most, "bytes"));
    ramBytes.ifPresent(most -> amount(misses, "arena", cost.ramBytes(), most, "bytes"));
    cycles.ifPresent(most -> amount(misses, "one inference", cost.cycles(), most, "cycles"));
    latency.ifPresent(
        most ->
            cost.latency()
                .ifPresent(
                    took ->
                        amount(
                            misses,
                            "one inference",
                            took.toNanos() / 1000,
                            most.toNanos() / 1000,
                            "µs")));
    return misses;
  }

  /// How far all misses together are from the budget; 0 within it.
  static double distance(List<Miss> misses) {
    return misses.stream().mapToDouble(Miss::excess).sum();
  }

  private static void amount(List<Miss> misses, String what, long got, long most, String unit) {
    if (got > most) {
      misses.add(
          new Miss(
              what,
              String.format(Locale.ROOT, "%,d", most),
              String.format(Locale.ROOT, "%,d %s", got, unit),
              (double) (got - most) / most));
    }
  }

  private static void share(
      List<Miss> misses, String what, double got, double limit, boolean least) {
    double excess = least ? limit - got : got - limit;
    // Shares are quotients of counts: what is equal in decimal must not fail in binary.
    if (excess > 1e-9) {
      misses.add(new Miss(what, percent(limit), percent(got), excess));
    }
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
