package dev.mote.service.device;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What a device said of itself, beside its capabilities.
final class DeviceDetails {

  /// @param links its objects, in CoRE Link Format
  /// @param doubts what it said and is not believed
  /// @param readAt when it was asked last
  /// @param registrations how often it registered, up to twelve seconds late
  /// @param address where it is
  /// @param registeredUntil when its registration ends unless it updates it
  record Said(
      Optional<String> links,
      List<String> doubts,
      Optional<Instant> readAt,
      long registrations,
      Optional<String> address,
      Optional<Instant> registeredUntil) {}

  private final JdbcClient jdbc;

  DeviceDetails(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Said said(UUID device) {
    return jdbc.sql(
            """
            select w.links, w.doubts, w.read_at, d.registrations, r.address, r.expires
            from device d left join device_word w on w.device = d.id
            left join device_registration r on r.endpoint = d.endpoint
            where d.id = :device
            """)
        .param("device", device)
        .query(
            (row, _) ->
                new Said(
                    Optional.ofNullable(row.getString(1)),
                    Optional.ofNullable(row.getString(2)).map(DeviceJson::list).orElse(List.of()),
                    Optional.ofNullable(row.getTimestamp(3)).map(Timestamp::toInstant),
                    row.getLong(4),
                    Optional.ofNullable(row.getString(5)),
                    Optional.ofNullable(row.getTimestamp(6)).map(Timestamp::toInstant)))
        .single();
  }
}
