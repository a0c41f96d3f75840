package dev.mote.service.device;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Notes when devices said something that did not come over LwM2M. Whether they can be spoken to
/// over LwM2M is not touched by it.
public final class LastContacts {

  /// Not written more often for one device.
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  private final Clock clock;

  LastContacts(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /// Devices were heard. One that another process writes at this moment is left to that.
  public void note(Collection<UUID> devices) {
    if (devices.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    jdbc.sql(
            """
            update device set last_contact = :now
            where id in (select id from device where id = any(:devices::uuid[])
              and (last_contact is null or last_contact < :fresh)
              order by id for update skip locked)
            """)
        .param("now", Timestamp.from(now))
        .param("fresh", Timestamp.from(now.minus(FRESH)))
        .param("devices", devices.stream().map(UUID::toString).toArray(String[]::new))
        .update();
  }
}
