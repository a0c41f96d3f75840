package dev.mote.service.rollout.machine;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What the telemetry of the updated devices must say before the next wave.
///
/// @param selfTestFailures most devices that may report one
/// @param latencyPercent how much slower inference may be than by the former module, in per cent
/// @param minimumSample devices that must have reported; ≥ 1
/// @param required whether to wait for that many, rather than go on without
/// @param patience how long they are waited for; then the rollout pauses itself
public record Gates(
    OptionalInt selfTestFailures,
    OptionalDouble latencyPercent,
    int minimumSample,
    boolean required,
    Duration patience) {

  /// None.
  public static final Gates NONE =
      new Gates(OptionalInt.empty(), OptionalDouble.empty(), 1, false, Duration.ofHours(1));

  public Gates {
    if (minimumSample < 1 || selfTestFailures.orElse(0) < 0 || patience.isNegative()) {
      throw new IllegalArgumentException("not a gate");
    }
  }

  boolean isOpen() {
    return selfTestFailures.isEmpty() && latencyPercent.isEmpty();
  }
}
