package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.GateReading;
import java.util.UUID;

/// What telemetry says of the devices that a rollout has updated.
@FunctionalInterface
public interface TelemetryGate {

  /// What the updated devices of a rollout told since.
  GateReading read(UUID tenant, UUID rollout);
}
