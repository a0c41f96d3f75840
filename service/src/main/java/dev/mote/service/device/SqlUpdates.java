package dev.mote.service.device;

import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.FailureClass;
import dev.mote.orchestration.update.Patience;
import dev.mote.orchestration.update.Phase;
import dev.mote.orchestration.update.UpdateObject;
import dev.mote.orchestration.update.UpdateProgress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Updates as rows of the table `device_update`.
final class SqlUpdates implements Updates {

  private static final String SELECT =
      """
      select id, device, module, title, requested_by, object, delivery, phase, attempt, bytes_moved,
        bytes_total, started, ended, outcome, failure, words
      from device_update where tenant = :tenant and
      """;

  private final JdbcClient jdbc;
  private final UpdateExecutor executor;

  SqlUpdates(JdbcClient jdbc, UpdateExecutor executor) {
    this.jdbc = jdbc;
    this.executor = executor;
  }

  @Override
  public UUID begin(
      UUID tenant,
      UUID device,
      UUID module,
      Optional<Delivery> delivery,
      Patience patience,
      String requestedBy) {
    return executor.begin(tenant, device, module, null, delivery, patience, requestedBy);
  }

  @Override
  public int asleep(UUID tenant, String requestedBy) {
    return jdbc.sql(
            """
            select count(*) from device_update
            where requested_by = :by and tenant = :tenant and ended is null and not reachable
            """)
        .param("by", requestedBy)
        .param("tenant", tenant)
        .query((row, _) -> row.getInt(1))
        .single();
  }

  @Override
  public void cancel(UUID tenant, UUID update, String why) {
    executor.cancel(tenant, update, why);
  }

  @Override
  public Optional<Update> find(UUID tenant, UUID update) {
    return jdbc.sql(SELECT + "id = :id")
        .param("tenant", tenant)
        .param("id", update)
        .query((row, _) -> read(row))
        .optional();
  }

  @Override
  public Optional<Update> running(UUID tenant, UUID device) {
    return jdbc.sql(SELECT + "device = :device and ended is null")
        .param("tenant", tenant)
        .param("device", device)
        .query((row, _) -> read(row))
        .optional();
  }

  @Override
  public List<Update> of(UUID tenant, UUID device, Optional<UUID> before, int most) {
    return jdbc.sql(SELECT + "device = :device and id < :before order by id desc limit :most")
        .param("tenant", tenant)
        .param("device", device)
        .param("before", before.orElseGet(() -> new UUID(-1, -1)))
        .param("most", most)
        .query((row, _) -> read(row))
        .list();
  }

  /// How far the latest update of a device is, in full.
  Optional<UpdateProgress> latest(UUID tenant, UUID device) {
    return jdbc.sql(
            """
            select progress from device_update where tenant = :tenant and device = :device
            order by id desc limit 1
            """)
        .param("tenant", tenant)
        .param("device", device)
        .query(String.class)
        .optional()
        .map(DeviceJson::progress);
  }

  /// How far an update is, in full.
  Optional<UpdateProgress> progress(UUID tenant, UUID update) {
    return jdbc.sql("select progress from device_update where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", update)
        .query(String.class)
        .optional()
        .map(DeviceJson::progress);
  }

  private static Update read(ResultSet row) throws SQLException {
    return new Update(
        row.getObject(1, UUID.class),
        row.getObject(2, UUID.class),
        Optional.ofNullable(row.getObject(3, UUID.class)),
        row.getString(4),
        row.getString(5),
        UpdateObject.valueOf(row.getString(6)),
        Delivery.valueOf(row.getString(7)),
        Phase.valueOf(row.getString(8)),
        row.getInt(9),
        row.getLong(10),
        row.getLong(11),
        row.getTimestamp(12).toInstant(),
        Optional.ofNullable(row.getTimestamp(13)).map(Timestamp::toInstant),
        Optional.ofNullable(row.getString(14)).map(UpdateEnded.Outcome::valueOf),
        Optional.ofNullable(row.getString(15)).map(FailureClass::valueOf),
        Optional.ofNullable(row.getString(16)));
  }
}
