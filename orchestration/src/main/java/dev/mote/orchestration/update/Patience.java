package dev.mote.orchestration.update;

import java.time.Duration;

/// How long an update may stand still, and how often it is tried.
///
/// No limit is on the whole transfer: a slow device that moves is not a stuck one.
///
/// @param progress longest time without a new byte, and without an answer, while the device is
/// there
/// @param installation longest time from the order to install to a verdict
/// @param silence longest time without any sign of the device
/// @param attempts how often it is tried in all; ≥ 1
/// @param pause time before the second attempt; doubled for each further one
public record Patience(
    Duration progress, Duration installation, Duration silence, int attempts, Duration pause) {

  /// Five minutes, ten minutes, 14 days; four attempts, the second after half a minute.
  public static final Patience STANDARD =
      new Patience(
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofDays(14),
          4,
          Duration.ofSeconds(30));

  public Patience {
    if (!progress.isPositive()
        || !installation.isPositive()
        || !silence.isPositive()
        || pause.isNegative()
        || attempts < 1) {
      throw new IllegalArgumentException("durations and attempts are above 0");
    }
  }

  /// The pause after attempt number `attempt`, from 1; a day at the most.
  Duration pauseAfter(int attempt) {
    Duration longest = Duration.ofDays(1);
    Duration time = pause.multipliedBy(1L << Math.min(attempt - 1, 20));
    return time.compareTo(longest) < 0 ? time : longest;
  }
}
