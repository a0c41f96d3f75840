package dev.mote.service.rollout.machine;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// A part of the devices.
///
/// @param name for people
/// @param devices how many; or
/// @param percent how many of all, 0 to 100
/// @param soak how long the updated devices are watched before the next wave
/// @param deadline longest time after the last update of the wave began; then those that answered
/// decide, if they are enough. It stands still while no window is open.
/// @param enoughPercent how many of the wave must have answered at the deadline, 0 to 100
/// @param successPercent how many of those that answered must have succeeded, 0 to 100
public record Wave(
    String name,
    OptionalInt devices,
    OptionalDouble percent,
    Duration soak,
    Duration deadline,
    double enoughPercent,
    double successPercent) {

  public Wave {
    if (devices.isPresent() && percent.isPresent()
        || devices.orElse(0) < 0
        || isNoPercent(percent.orElse(0))
        || soak.isNegative()
        || !deadline.isPositive()
        || isNoPercent(enoughPercent)
        || isNoPercent(successPercent)) {
      throw new IllegalArgumentException("not a wave");
    }
  }

  private static boolean isNoPercent(double number) {
    return !(number >= 0 && number <= 100);
  }

  /// How many of `left` devices it takes, when there are `total`; all, if it says nothing.
  int size(int left, int total) {
    if (devices.isPresent()) {
      return Math.min(left, devices.getAsInt());
    }
    return percent.isPresent()
        ? (int) Math.min(left, Math.ceil(percent.getAsDouble() * total / 100))
        : left;
  }
}
