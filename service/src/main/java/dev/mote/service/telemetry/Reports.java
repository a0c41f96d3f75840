package dev.mote.service.telemetry;

import dev.mote.orchestration.object.MoteObjects;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What updated devices tell of the module that they got, beside what they told before.
@Component
public class Reports {

  private static final Duration BEFORE = Duration.ofDays(2);
  private static final int SELF_TEST_FAILED = 2;

  private final JdbcClient sql;

  Reports(JdbcClient sql) {
    this.sql = sql;
  }

  /// What devices tell.
  ///
  /// @param devices how many told anything of their modules since their update
  /// @param selfTestFailures how many of them told of a failed self-test
  /// @param latencyBefore mean over devices of the latency that they told before; empty if none did
  /// @param latencyAfter the same since
  public record Report(
      int devices,
      int selfTestFailures,
      OptionalDouble latencyBefore,
      OptionalDouble latencyAfter) {}

  /// Reads the report of devices, each since its own update.
  ///
  /// @param updated time of each device's update
  public Report of(UUID tenant, Map<UUID, Instant> updated) {
    UUID[] devices = updated.keySet().toArray(UUID[]::new);
    Timestamp[] times = updated.values().stream().map(Timestamp::from).toArray(Timestamp[]::new);
    return sql.sql(
            """
            with updated as (
              select * from unnest(:devices::uuid[], :times::timestamptz[]) as u(device, since)),
            told as (
              select u.device, p.at >= u.since as after, split_part(p.path, '/', 4) as resource, p.value
              from updated u join telemetry_point p on p.device = u.device
                and p.at >= u.since - make_interval(secs => :before)
              where p.tenant = :tenant and p.value is not null and p.path like :module)
            select
              count(distinct device) filter (where after) as devices,
              count(distinct device) filter (where after and resource = '12' and value = :failed) as failures,
              avg(value) filter (where not after and resource = '8' and value > 0) as earlier,
              avg(value) filter (where after and resource = '8' and value > 0) as later
            from told
            """)
        .param("devices", devices)
        .param("times", times)
        .param("before", BEFORE.toSeconds())
        .param("tenant", tenant)
        .param("module", "/" + MoteObjects.MODULE + "/%")
        .param("failed", SELF_TEST_FAILED)
        .query(
            (row, _) ->
                new Report(
                    row.getInt("devices"),
                    row.getInt("failures"),
                    real((Double) row.getObject("earlier")),
                    real((Double) row.getObject("later"))))
        .single();
  }

  private static OptionalDouble real(@org.jspecify.annotations.Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
