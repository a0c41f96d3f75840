package dev.mote.service.telemetry;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How values of devices are kept.
///
/// @param write how often values are written together; a process that is killed loses what came
///     over LwM2M since the last time, one that is stopped nothing
/// @param waiting most values that wait to be written; what is beyond that is not acknowledged, so
///     that its sender sends it again
/// @param keep how long each value is kept
/// @param keepHours how long the sums of hours are kept
@ConfigurationProperties("mote.telemetry")
record TelemetrySettings(
    @DefaultValue("250ms") Duration write,
    @DefaultValue("200000") int waiting,
    @DefaultValue("14d") Duration keep,
    @DefaultValue("730d") Duration keepHours) {

  TelemetrySettings {
    if (!write.isPositive() || waiting < 1 || keep.toDays() < 1 || keepHours.toDays() < 1) {
      throw new IllegalArgumentException(
          "mote.telemetry: write and waiting are above 0, keep and keep-hours at least a day");
    }
  }
}
