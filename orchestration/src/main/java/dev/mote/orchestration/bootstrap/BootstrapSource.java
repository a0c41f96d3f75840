package dev.mote.orchestration.bootstrap;

import dev.mote.orchestration.gateway.Peer;
import java.util.Optional;

/// Knows what each device is to be told. May block.
@FunctionalInterface
public interface BootstrapSource {

  /// The plan of a device that may use this name; empty when there is none.
  Optional<BootstrapPlan> plan(Peer peer, String endpoint);
}
