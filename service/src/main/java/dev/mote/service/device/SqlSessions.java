package dev.mote.service.device;

import dev.mote.orchestration.gateway.SessionStore;
import dev.mote.service.access.Secrets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The table `device_dtls`: DTLS sessions of a process while it is stopped, sealed, for an hour.
final class SqlSessions implements SessionStore {

  /// What is older comes from a backup, perhaps, and was used since.
  private static final Duration LONGEST_STOP = Duration.ofHours(1);

  private record Kept(byte[] bytes, Instant at) {}

  private final JdbcClient jdbc;
  private final Secrets secrets;
  private final String node;
  private final Clock clock;

  SqlSessions(JdbcClient jdbc, Secrets secrets, String node, Clock clock) {
    this.jdbc = jdbc;
    this.secrets = secrets;
    this.node = node;
    this.clock = clock;
  }

  @Override
  public void keep(byte[] sessions) {
    jdbc.sql(
            """
            insert into device_dtls (node, sealed, kept) values (:node, :sealed, :now)
            on conflict (node) do update set sealed = excluded.sealed, kept = excluded.kept
            """)
        .param("node", node)
        .param("sealed", secrets.seal(purpose(), sessions))
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }

  @Override
  public Optional<byte[]> take() {
    return jdbc.sql("delete from device_dtls where node = :node returning sealed, kept")
        .param("node", node)
        .query((row, _) -> new Kept(row.getBytes(1), row.getTimestamp(2).toInstant()))
        .optional()
        .filter(kept -> kept.at().plus(LONGEST_STOP).isAfter(clock.instant()))
        .map(kept -> secrets.open(purpose(), kept.bytes()));
  }

  private String purpose() {
    return "dtls-sessions/" + node;
  }
}
