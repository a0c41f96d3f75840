package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.GateReading;
import java.util.OptionalDouble;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Reads from stored telemetry of object 33458 what devices told since they were updated: their
/// self-tests, and mean latencies against those of the day before. The latest 200 updated devices are
/// asked, whatever the size of the rollout.
@Component
final class SqlTelemetryGate implements TelemetryGate {

  private final JdbcClient jdbc;

  SqlTelemetryGate(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public GateReading read(UUID tenant, UUID rollout) {
    return jdbc.sql(
            """
            with updated as (
              select device, changed from rollout_device
              where tenant = :tenant and rollout = :rollout and state = 'SUCCEEDED'
              order by changed desc limit 200),
            after as (
              select s.device, avg(p.value) filter (where p.path like '%/8') as latency,
                coalesce(bool_or(p.path like '%/12' and p.value = 2), false) as failed
              from updated s join telemetry_point p on p.device = s.device and p.at > s.changed
                and p.tenant = :tenant and p.path like '/33458/%'
              group by s.device),
            before as (
              select s.device, avg(p.value) as latency
              from updated s join telemetry_point p on p.device = s.device and p.at <= s.changed
                and p.at > s.changed - interval '1 day' and p.tenant = :tenant
                and p.path like '/33458/%/8'
              group by s.device)
            select count(*), count(*) filter (where failed),
              100 * (sum(a.latency) filter (where b.latency > 0)
                / nullif(sum(b.latency) filter (where a.latency is not null), 0) - 1)
            from after a left join before b on b.device = a.device
            """)
        .param("tenant", tenant)
        .param("rollout", rollout)
        .query(
            (row, _) -> {
              double slower = row.getDouble(3);
              return new GateReading(
                  row.getInt(1),
                  row.getInt(2),
                  row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(slower));
            })
        .single();
  }
}
