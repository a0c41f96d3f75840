package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.GateReading;
import dev.mote.service.telemetry.Reports;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What the devices that were updated last report since, against what they told before: 200 of them
/// at the most, whatever the size of the rollout.
@Component
final class ReportedTelemetry implements TelemetryGate {

  private static final int MOST = 200;

  private final JdbcClient jdbc;
  private final Reports reports;

  ReportedTelemetry(JdbcClient jdbc, Reports reports) {
    this.jdbc = jdbc;
    this.reports = reports;
  }

  @Override
  public GateReading read(UUID tenant, UUID rollout) {
    Map<UUID, Instant> updated = new HashMap<>();
    jdbc.sql(
            """
            select device, changed from rollout_device
            where tenant = :tenant and rollout = :rollout and state = 'SUCCEEDED' and attempts > 0
            order by changed desc limit :most
            """)
        .param("tenant", tenant)
        .param("rollout", rollout)
        .param("most", MOST)
        .query(
            row -> {
              updated.put(row.getObject(1, UUID.class), row.getTimestamp(2).toInstant());
            });
    if (updated.isEmpty()) {
      return GateReading.NOTHING;
    }
    return reading(reports.of(tenant, updated));
  }

  static GateReading reading(Reports.Report report) {
    boolean compares = report.latencyBefore().orElse(0) > 0 && report.latencyAfter().isPresent();
    return new GateReading(
        report.devices(),
        report.selfTestFailures(),
        compares
            ? OptionalDouble.of(
                100
                    * (report.latencyAfter().getAsDouble() / report.latencyBefore().getAsDouble()
                        - 1))
            : OptionalDouble.empty());
  }
}
