package dev.mote.service.device;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Devices as rows of the tables `device` and `device_word`.
@Component
final class SqlDevices implements Devices {

  private static final String SELECT =
      """
      select device.id, tenant, endpoint, name, tags, groups, state, created, last_contact,
        last_registered, w.capabilities, facts_digest, module_name, module_version, module_identity
      from %s left join device_word w on w.device = device.id
      """;

  private final JdbcClient jdbc;

  SqlDevices(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Optional<Device> find(UUID tenant, UUID device) {
    return find(tenant, List.of(device)).stream().findFirst();
  }

  @Override
  public Optional<Device> byEndpoint(UUID tenant, String endpoint) {
    return jdbc.sql(SELECT.formatted("device") + "where tenant = :tenant and endpoint = :endpoint")
        .param("tenant", tenant)
        .param("endpoint", endpoint)
        .query((row, _) -> read(row))
        .optional();
  }

  @Override
  public List<Device> find(UUID tenant, Collection<UUID> devices) {
    return jdbc.sql(SELECT.formatted("device") + "where tenant = :tenant and id = any(:ids)")
        .param("tenant", tenant)
        .param("ids", devices.toArray(UUID[]::new))
        .query((row, _) -> read(row))
        .list();
  }

  @Override
  public List<Device> list(UUID tenant, DeviceCondition condition, Optional<UUID> after, int most) {
    String matching =
        """
        (select * from device where tenant = :tenant and id > :after and (%s)
         order by id limit :most) device
        """
            .formatted(condition.where());
    return jdbc.sql(SELECT.formatted(matching) + "order by device.id")
        .params(condition.parameters())
        .param("tenant", tenant)
        .param("after", after.orElseGet(() -> new UUID(0, 0)))
        .param("most", most)
        .query((row, _) -> read(row))
        .list();
  }

  @Override
  public long count(UUID tenant, DeviceCondition condition) {
    return jdbc.sql(
            "select count(*) from device where tenant = :tenant and (%s)"
                .formatted(condition.where()))
        .params(condition.parameters())
        .param("tenant", tenant)
        .query(Long.class)
        .single();
  }

  private static Device read(ResultSet row) throws SQLException {
    return new Device(
        row.getObject(1, UUID.class),
        row.getObject(2, UUID.class),
        row.getString(3),
        row.getString(4),
        tags(row.getString(5)),
        groups(row.getArray(6)),
        DeviceState.valueOf(row.getString(7)),
        row.getTimestamp(8).toInstant(),
        instant(row.getTimestamp(9)),
        instant(row.getTimestamp(10)),
        Optional.ofNullable(row.getString(11)).map(DeviceJson::capabilities),
        Optional.ofNullable(row.getString(12)),
        Optional.ofNullable(row.getString(13)),
        Optional.ofNullable(row.getString(14)),
        Optional.ofNullable(row.getString(15)));
  }

  private static Map<String, String> tags(String json) {
    return DeviceJson.texts(json);
  }

  private static Set<String> groups(Array array) throws SQLException {
    return Set.of((String[]) array.getArray());
  }

  private static Optional<Instant> instant(@Nullable Timestamp time) {
    return Optional.ofNullable(time).map(Timestamp::toInstant);
  }
}
