package dev.mote.service.rollout.machine;

import java.util.OptionalInt;

/// How many updates there may be.
///
/// @param atOnce most that run at once; ≥ 1
/// @param perMinute most that begin in a minute of the first wave; ≥ 1
/// @param factor how much more in each further wave; ≥ 1
public record Pace(int atOnce, OptionalInt perMinute, double factor) {

  public Pace {
    if (atOnce < 1 || perMinute.orElse(1) < 1 || !(factor >= 1 && factor <= 1000)) {
      throw new IllegalArgumentException("not a pace");
    }
  }

  int perMinute(int wave) {
    return perMinute.isEmpty()
        ? Integer.MAX_VALUE
        : (int) Math.min(1_000_000_000, perMinute.getAsInt() * Math.pow(factor, wave));
  }
}
