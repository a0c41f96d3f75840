package dev.mote.bench.load;

import java.time.Duration;

/// How much is asked of a server.
///
/// @param devices that register
/// @param modules that are installed at once
/// @param time for which notifications come
record LoadPlan(int devices, int modules, Duration time) {

  static final LoadPlan WHOLE = new LoadPlan(10_000, 500, Duration.ofSeconds(15));

  /// Messages on their way at once to the gateway, and to the service: what comes while the
  /// database writes is written together.
  static final int WINDOW = 256;

  static final int SERVICE_WINDOW = 512;
}
