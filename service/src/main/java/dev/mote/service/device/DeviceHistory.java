package dev.mote.service.device;

import dev.mote.service.database.Ids;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What happened to devices, for people; the last lines of each.
final class DeviceHistory {

  /// A line is removed some time after it is too old, not at once.
  private static final int CLEANED_ONE_OF = 32;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final int most;

  /// Something that happened.
  record Line(UUID id, Instant at, String kind, String what) {}

  /// Something that happens to a device.
  record Happened(UUID tenant, UUID device, String kind, String what) {}

  DeviceHistory(JdbcClient jdbc, Clock clock, int most) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.most = most;
  }

  void add(UUID tenant, UUID device, String kind, String what) {
    add(List.of(new Happened(tenant, device, kind, what)));
  }

  void add(List<Happened> all) {
    if (all.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into device_history (id, tenant, device, at, kind, what)
            select id, tenant, device, :now, kind, what
            from unnest(:ids::uuid[], :tenants::uuid[], :devices::uuid[], :kinds::text[],
              :whats::text[]) as t (id, tenant, device, kind, what)
            """)
        .param("ids", all.stream().map(_ -> Ids.next().toString()).toArray(String[]::new))
        .param("tenants", all.stream().map(h -> h.tenant().toString()).toArray(String[]::new))
        .param("devices", all.stream().map(h -> h.device().toString()).toArray(String[]::new))
        .param("kinds", all.stream().map(Happened::kind).toArray(String[]::new))
        .param("whats", all.stream().map(Happened::what).toArray(String[]::new))
        .param("now", Timestamp.from(clock.instant()))
        .update();
    for (Happened happened : all) {
      if (ThreadLocalRandom.current().nextInt(CLEANED_ONE_OF) == 0) {
        clean(happened.device());
      }
    }
  }

  private void clean(UUID device) {
    jdbc.sql(
            """
            delete from device_history where device = :device and id <= (
              select id from device_history where device = :device
              order by id desc offset :most limit 1)
            """)
        .param("device", device)
        .param("most", most)
        .update();
  }

  /// Lines of a device, the latest first.
  List<Line> of(UUID tenant, UUID device, UUID before, int rows) {
    return jdbc.sql(
            """
            select id, at, kind, what from device_history
            where tenant = :tenant and device = :device and id < :before
            order by id desc limit :rows
            """)
        .param("tenant", tenant)
        .param("device", device)
        .param("before", before)
        .param("rows", rows)
        .query(
            (row, _) ->
                new Line(
                    row.getObject(1, UUID.class),
                    row.getTimestamp(2).toInstant(),
                    row.getString(3),
                    row.getString(4)))
        .list();
  }
}
