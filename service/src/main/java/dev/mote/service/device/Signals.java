package dev.mote.service.device;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Words from one node to another, by PostgreSQL's NOTIFY.
///
/// They are hints and may get lost while the connection is away; [Listener#missed] then says so,
/// and what is in the database counts.
final class Signals implements AutoCloseable {

  /// Something that nodes tell each other.
  enum Kind {
    /// Requests wait for a device.
    WAKE,
    /// The device's registration is another node's now.
    LOST,
    /// What is under way with a device is not wanted any more: `endpoint request`.
    STOP
  }

  /// Hears what others tell this node.
  interface Listener {
    void heard(Kind kind, String subject);

    /// Something may have been missed.
    void missed();
  }

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final String CHANNEL = "mote_device";
  private static final int POLL_MILLIS = 500;
  private static final int PAUSE_MILLIS = 500;

  private final DataSource source;
  private final JdbcClient jdbc;
  private final String node;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean isClosed;
  private volatile Thread thread = Thread.currentThread();

  Signals(DataSource source, JdbcClient jdbc, String node) {
    this.source = source;
    this.jdbc = jdbc;
    this.node = node;
  }

  String node() {
    return node;
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void start() {
    thread = Thread.ofPlatform().daemon().name("signals").start(this::run);
  }

  /// Tells a node something when the caller's transaction commits.
  void tell(String toNode, Kind kind, String subject) {
    jdbc.sql("select pg_notify(:channel, :text)")
        .param("channel", CHANNEL)
        .param("text", toNode + "\n" + kind + "\n" + subject)
        .query((row, _) -> true)
        .single();
  }

  private void run() {
    boolean isFirst = true;
    while (!isClosed) {
      try (Connection connection = source.getConnection()) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("listen " + CHANNEL);
        }
        if (!isFirst) {
          listeners.forEach(Listener::missed);
        }
        isFirst = false;
        take(connection.unwrap(PGConnection.class));
        try (Statement statement = connection.createStatement()) {
          statement.execute("unlisten " + CHANNEL);
        }
      } catch (SQLException | RuntimeException e) {
        if (!isClosed) {
          LOG.warn("no words from other nodes for now: {}", e.getMessage());
          pause();
        }
      }
    }
  }

  private void take(PGConnection connection) throws SQLException {
    while (!isClosed) {
      PGNotification[] notifications = connection.getNotifications(POLL_MILLIS);
      if (notifications == null) {
        continue;
      }
      for (PGNotification notification : notifications) {
        String[] parts = notification.getParameter().split("\n", 3);
        if (parts.length == 3 && parts[0].equals(node)) {
          Kind kind = Kind.valueOf(parts[1]);
          listeners.forEach(listener -> listener.heard(kind, parts[2]));
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    try {
      thread.join(2 * POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
