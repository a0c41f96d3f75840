package dev.mote.service.device;

import dev.mote.orchestration.gateway.SessionStore;
import dev.mote.service.access.Secrets;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The table `device_dtls`: DTLS sessions of a process while it is stopped, sealed.
final class SqlSessions implements SessionStore {

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
    return jdbc.sql("delete from device_dtls where node = :node returning sealed")
        .param("node", node)
        .query((row, _) -> row.getBytes("sealed"))
        .optional()
        .map(sealed -> secrets.open(purpose(), sealed));
  }

  private String purpose() {
    return "dtls-sessions/" + node;
  }
}
