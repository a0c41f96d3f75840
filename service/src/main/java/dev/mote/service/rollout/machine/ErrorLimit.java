package dev.mote.service.rollout.machine;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/// How many devices may fail. It holds for all devices and for those of the present wave alone, so
/// that many successes do not hide a bad wave.
///
/// @param devices most that may fail
/// @param percent most of those that answered, 0 to 100
/// @param minimumSample how many must have answered before `percent` counts; ≥ 1
/// @param then what is done about it
public record ErrorLimit(
    OptionalInt devices, OptionalDouble percent, int minimumSample, Reaction then) {

  public ErrorLimit {
    double share = percent.orElse(0);
    if (devices.orElse(0) < 0 || !(share >= 0 && share <= 100) || minimumSample < 1) {
      throw new IllegalArgumentException("not a limit of errors");
    }
  }

  boolean isExceeded(int failed, int answered) {
    return devices.isPresent() && failed > devices.getAsInt()
        || percent.isPresent()
            && answered >= minimumSample
            && failed * 100.0 > percent.getAsDouble() * answered;
  }
}
