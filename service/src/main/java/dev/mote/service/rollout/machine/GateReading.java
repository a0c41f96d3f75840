package dev.mote.service.rollout.machine;

import java.util.OptionalDouble;

/// What telemetry says of the devices that were updated.
///
/// @param devices how many have reported since
/// @param selfTestFailures how many of them report a failed self-test
/// @param latencyPercent by how much inference is slower than by the former module, negative for
/// faster; empty when one of both was not measured
public record GateReading(int devices, int selfTestFailures, OptionalDouble latencyPercent) {

  /// Nothing is known.
  public static final GateReading NOTHING = new GateReading(0, 0, OptionalDouble.empty());
}
