package dev.mote.service.health;

import dev.mote.service.access.Open;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Health for those who restart it and send it traffic, metrics for those who watch it.
@RestController
final class HealthController {

  private static final int DATABASE_SECONDS = 2;

  private final DataSource database;
  private final PrometheusMeterRegistry metrics;

  HealthController(DataSource database, PrometheusMeterRegistry metrics) {
    this.database = database;
    this.metrics = metrics;
  }

  /// @param status `UP` or `DOWN`, and nothing more: this is for everyone to read
  record Health(String status) {}

  @Operation(summary = "Whether the process is alive")
  @Open
  @GetMapping("/health/live")
  Health getLiveness() {
    return new Health("UP");
  }

  @Operation(summary = "Whether the process can serve requests: 503 while its database is away")
  @Open
  @GetMapping("/health/ready")
  ResponseEntity<Health> getReadiness() {
    try (Connection connection = database.getConnection()) {
      if (connection.isValid(DATABASE_SECONDS)) {
        return ResponseEntity.ok(new Health("UP"));
      }
    } catch (SQLException _) {
      // The pool has logged it.
    }
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body(new Health("DOWN"));
  }

  @Operation(summary = "Figures of the whole service for Prometheus")
  @Requires(value = Role.VIEWER, system = true)
  @GetMapping(path = "/metrics", produces = "text/plain")
  String getMetrics() {
    return metrics.scrape();
  }
}
