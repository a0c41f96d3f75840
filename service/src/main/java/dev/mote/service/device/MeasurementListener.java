package dev.mote.service.device;

import dev.mote.orchestration.gateway.Measurement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Hears the values that devices tell.
public interface MeasurementListener {

  /// Called on threads of the network: hand slow work over.
  ///
  /// @param arrived when they came; holds for values without a time of their own
  void measured(UUID tenant, UUID device, Instant arrived, List<Measurement> measurements);
}
