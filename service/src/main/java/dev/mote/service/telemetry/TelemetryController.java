package dev.mote.service.telemetry;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.device.Devices;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What devices told.
@RestController
final class TelemetryController {

  private static final int MOST_POINTS = 2_000;
  private static final Duration USUAL = Duration.ofHours(1);

  private final Telemetry telemetry;
  private final Devices devices;
  private final Clock clock;

  TelemetryController(Telemetry telemetry, Devices devices, Clock clock) {
    this.telemetry = telemetry;
    this.devices = devices;
    this.clock = clock;
  }

  /// @param latest of each resource, also of those that are no numbers
  record DeviceTelemetry(
      Instant from, Instant to, List<Telemetry.Series> series, List<Telemetry.Latest> latest) {}

  @Operation(summary = "What a device told, as series over time")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/devices/{id}/telemetry")
  DeviceTelemetry getDeviceTelemetry(
      Caller caller,
      @PathVariable UUID id,
      @RequestParam Optional<String> path,
      @RequestParam Optional<Instant> from,
      @RequestParam Optional<Instant> to,
      @RequestParam(defaultValue = "300") int points) {
    if (devices.find(caller.tenant(), id).isEmpty()) {
      throw Problem.notFound("device", id);
    }
    if (points < 1 || points > MOST_POINTS) {
      throw Problem.invalid("points", "must be 1 to " + MOST_POINTS);
    }
    Instant end = to.orElseGet(clock::instant);
    Instant begin = from.orElse(end.minus(USUAL));
    if (!begin.isBefore(end)) {
      throw Problem.invalid("from", "must be before 'to'");
    }
    return new DeviceTelemetry(
        begin,
        end,
        telemetry.series(caller.tenant(), id, path, begin, end, points),
        telemetry.latest(caller.tenant(), id));
  }

  @Operation(summary = "How much all devices told in the last hour")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/telemetry/summary")
  Telemetry.Summary getTelemetrySummary(Caller caller) {
    return telemetry.summary(caller.tenant(), clock.instant().minus(USUAL));
  }
}
