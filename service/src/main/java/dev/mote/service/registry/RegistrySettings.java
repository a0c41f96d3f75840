package dev.mote.service.registry;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// What the registry takes.
///
/// @param modelLimit bytes of a model file
/// @param checksAtOnce models that are checked at a time
/// @param checkWait how long an upload waits for its turn to be checked
/// @param checkTime the longest that the check of one model may take
/// @param checkHeap memory that the check of one model may take
/// @param isolatedCheck whether each model is checked in a process of its own, which it can do no
///     more than end; without, a hostile model may slow or end the service
@ConfigurationProperties("mote.registry")
public record RegistrySettings(
    @DefaultValue("64MB") DataSize modelLimit,
    @DefaultValue("2") int checksAtOnce,
    @DefaultValue("20s") Duration checkWait,
    @DefaultValue("60s") Duration checkTime,
    @DefaultValue("512MB") DataSize checkHeap,
    @DefaultValue("true") boolean isolatedCheck) {

  /// Checks the limits.
  public RegistrySettings {
    if (modelLimit.toBytes() < 1 || modelLimit.toBytes() > Integer.MAX_VALUE - 8L) {
      throw new IllegalArgumentException("mote.registry.model-limit must be 1 byte to 2 GB");
    }
    if (checksAtOnce < 1) {
      throw new IllegalArgumentException("mote.registry.checks-at-once must be at least 1");
    }
  }
}
