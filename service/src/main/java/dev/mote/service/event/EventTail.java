package dev.mote.service.event;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Follows the table `event` and hands what is new to those who watch.
///
/// A connection of its own listens for the notice that any process of the service gives after it
/// wrote events; should that connection break, the table is looked at every second until it is
/// back. Without watchers nothing is read.
@Component
public final class EventTail implements SmartLifecycle {

  static final String CHANNEL = "mote_event";

  private static final Logger LOG = LoggerFactory.getLogger(EventTail.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int PAGE = 500;
  private static final long CLEAN_EVERY_NANOS = Duration.ofMinutes(10).toNanos();

  /// Transactions that no running one can come before.
  static final String SETTLED =
      "transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

  private final HikariDataSource pool;
  private final JdbcClient jdbc;
  private final EventSettings settings;
  private final Clock clock;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final Semaphore news = new Semaphore(0);
  private final Semaphore written = new Semaphore(0);

  private Position position = new Position(0, 0);
  private volatile boolean running;
  private volatile @Nullable Connection listening;

  EventTail(HikariDataSource pool, JdbcClient jdbc, EventSettings settings, Clock clock) {
    this.pool = pool;
    this.jdbc = jdbc;
    this.settings = settings;
    this.clock = clock;
  }

  /// Begins to watch.
  ///
  /// @param after position to continue after; empty for what happens from now on
  /// @return empty when the tenant has as many watchers as it may
  public Optional<Watch> watch(UUID tenant, Optional<Position> after, Predicate<Event> wanted) {
    // Under the same lock as the reading, so that the queue begins exactly where the reading
    // stands.
    synchronized (this) {
      if (!running || watchers(tenant) >= settings.streams()) {
        return Optional.empty();
      }
      if (watches.isEmpty()) {
        position = settled();
      }
      Watch watch = new Watch(this, tenant, wanted, settings.queue(), position, after.orElse(null));
      watches.add(watch);
      return Optional.of(watch);
    }
  }

  private long watchers(UUID tenant) {
    return watches.stream().filter(w -> w.tenant().equals(tenant)).count();
  }

  /// The end of what is settled now.
  private Position settled() {
    long transaction =
        jdbc.sql("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            .query(Long.class)
            .single();
    return new Position(transaction - 1, Long.MAX_VALUE);
  }

  void remove(Watch watch) {
    watches.remove(watch);
  }

  /// Whether the event at a position is still kept.
  boolean knows(UUID tenant, Position at) {
    return jdbc.sql(
            """
            select exists (select 1 from event
              where tenant = :tenant and transaction = :transaction and number = :number)
            """)
        .param("tenant", tenant)
        .param("transaction", at.transaction())
        .param("number", at.number())
        .query(Boolean.class)
        .single();
  }

  /// A page of a tenant's events within `(after, to]`.
  List<Event> read(UUID tenant, Position after, Position to) {
    return jdbc.sql(
            """
            select * from event where tenant = :tenant
              and (transaction, number) > (:transaction, :number)
              and (transaction, number) <= (:toTransaction, :toNumber)
            order by transaction, number limit :page
            """)
        .param("tenant", tenant)
        .param("transaction", after.transaction())
        .param("number", after.number())
        .param("toTransaction", to.transaction())
        .param("toNumber", to.number())
        .param("page", PAGE)
        .query(EventTail::read)
        .list();
  }

  /// Says that events were written and can be seen.
  void written() {
    written.release();
  }

  private void follow() throws InterruptedException {
    long cleaned = System.nanoTime();
    while (running) {
      news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      news.drainPermits();
      try {
        while (running && handOut() == PAGE) {
          // There is more.
        }
        if (System.nanoTime() - cleaned > CLEAN_EVERY_NANOS) {
          cleaned = System.nanoTime();
          deleteOld();
        }
      } catch (RuntimeException e) {
        LOG.warn("events cannot be read: {}", e.getMessage());
        Thread.sleep(LOOK);
      }
    }
  }

  private synchronized int handOut() {
    if (watches.isEmpty()) {
      return 0;
    }
    List<Event> events =
        jdbc.sql(
                """
                select * from event
                where (transaction, number) > (:transaction, :number) and %s
                order by transaction, number limit :page
                """
                    .formatted(SETTLED))
            .param("transaction", position.transaction())
            .param("number", position.number())
            .param("page", PAGE)
            .query(EventTail::read)
            .list();
    for (Event event : events) {
      for (Watch watch : watches) {
        if (watch.tenant().equals(event.tenant())) {
          watch.offer(event);
        }
      }
      position = event.position();
    }
    return events.size();
  }

  int deleteOld() {
    return jdbc.sql("delete from event where time < :before")
        .param("before", Timestamp.from(clock.instant().minus(settings.keep())))
        .update();
  }

  private void listen() throws InterruptedException {
    while (running) {
      try (Connection connection =
          DriverManager.getConnection(
              pool.getJdbcUrl(),
              pool.getUsername(),
              Optional.ofNullable(pool.getPassword()).orElse(""))) {
        listening = connection;
        try (var statement = connection.createStatement()) {
          statement.execute("listen " + CHANNEL);
        }
        news.release();
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (running) {
          if (postgres.getNotifications((int) Duration.ofSeconds(30).toMillis()).length > 0) {
            news.release();
          }
        }
      } catch (SQLException e) {
        if (running) {
          LOG.warn("the connection that listens for events broke: {}", e.getMessage());
          Thread.sleep(LOOK);
        }
      }
    }
  }

  /// Tells all processes that there is news: once for all that was written within a moment, because
  /// PostgreSQL lets only one transaction at a time commit a notice.
  private void tell() throws InterruptedException {
    while (running) {
      if (written.tryAcquire(1, TimeUnit.SECONDS)) {
        Thread.sleep(Duration.ofMillis(10));
        written.drainPermits();
        try {
          jdbc.sql("select pg_notify(:channel, '')")
              .param("channel", CHANNEL)
              .query((_, _) -> 0)
              .list();
        } catch (RuntimeException e) {
          LOG.debug("no notice of events was given: {}", e.getMessage());
        }
      }
    }
  }

  @Override
  public void start() {
    running = true;
    begin("events-follow", this::follow);
    begin("events-listen", this::listen);
    begin("events-tell", this::tell);
  }

  private static void begin(String name, Interruptible work) {
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                work.run();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private interface Interruptible {
    void run() throws InterruptedException;
  }

  /// Before the web server waits for its requests: streams would never end by themselves.
  @Override
  public void stop() {
    running = false;
    watches.forEach(Watch::close);
    news.release();
    Connection open = listening;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.debug("closing: {}", e.getMessage());
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  static Event read(ResultSet row, int number) throws SQLException {
    return new Event(
        new Position(row.getLong("transaction"), row.getLong("number")),
        row.getObject("tenant", UUID.class),
        row.getString("kind"),
        row.getString("subject"),
        row.getString("content"),
        row.getTimestamp("time").toInstant());
  }
}
