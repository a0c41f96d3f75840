package dev.mote.service.compilation;

import dev.mote.builder.IsolatedBuilder;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How modules are built.
///
/// @param time the longest that one build may take
/// @param memory of the virtual machine that builds
/// @param atOnce builds that one process of the service runs at a time
/// @param keepPackages how long a file that was encrypted for one device stays the same
@ConfigurationProperties("mote.compilation")
public record CompilationSettings(
    @DefaultValue("5m") Duration time,
    @DefaultValue("1GB") DataSize memory,
    @DefaultValue("2") int atOnce,
    @DefaultValue("30d") Duration keepPackages) {

  private static final long LEAST_MEMORY = 64L << 20;

  public CompilationSettings {
    if (time.toSeconds() < 1 || memory.toBytes() < LEAST_MEMORY || atOnce < 1) {
      throw new IllegalArgumentException(
          "mote.compilation: time must be at least 1s, memory at least 64MB, at-once at least 1");
    }
    if (keepPackages.isNegative()) {
      throw new IllegalArgumentException("mote.compilation: keep-packages must not be negative");
    }
  }

  IsolatedBuilder builder() {
    return new IsolatedBuilder(time, memory.toBytes());
  }
}
