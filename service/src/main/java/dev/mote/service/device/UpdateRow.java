package dev.mote.service.device;

import dev.mote.orchestration.update.UpdateProgress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/// An update as it is stored.
///
/// @param transfer the request that moves the bytes
record UpdateRow(
    UUID id,
    UUID tenant,
    UUID device,
    String endpoint,
    Optional<UUID> module,
    String title,
    String requestedBy,
    Optional<UUID> transfer,
    UpdateProgress progress) {

  static final String SELECT =
      """
      select u.id, u.tenant, u.device, d.endpoint, u.module, u.title, u.requested_by, u.transfer,
        u.progress
      from device_update u join device d on d.id = u.device
      """;

  static UpdateRow read(ResultSet row) throws SQLException {
    return new UpdateRow(
        row.getObject(1, UUID.class),
        row.getObject(2, UUID.class),
        row.getObject(3, UUID.class),
        row.getString(4),
        Optional.ofNullable(row.getObject(5, UUID.class)),
        row.getString(6),
        row.getString(7),
        Optional.ofNullable(row.getObject(8, UUID.class)),
        DeviceJson.progress(row.getString(9)));
  }
}
