package dev.mote.service.device;

import dev.mote.orchestration.gateway.Measurement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Hears the values that devices tell.
public interface MeasurementListener {

  /// Called on threads of the network: hand slow work over.
  ///
  /// @param arrived when they came; holds for values without a time of their own
  /// @throws dev.mote.orchestration.gateway.BusyException while there is no room for all of them
  void measured(UUID tenant, UUID device, Instant arrived, List<Measurement> measurements);

  /// The same for a sender that repeats what was not taken.
  ///
  /// @return completes when the values are where they are kept; fails while there is no room for
  ///     all of them. Never completes if the process ends before.
  default CompletionStage<Void> store(
      UUID tenant, UUID device, Instant arrived, List<Measurement> measurements) {
    measured(tenant, device, arrived, measurements);
    return CompletableFuture.completedFuture(null);
  }
}
