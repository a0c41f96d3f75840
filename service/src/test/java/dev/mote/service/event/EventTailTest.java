package dev.mote.service.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mote.service.Databases;
import dev.mote.service.database.Ids;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

class EventTailTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final EventSettings SETTINGS =
      new EventSettings(Duration.ofHours(1), 3, 50, Duration.ofSeconds(1), Duration.ofMinutes(1));

  private final String url = Databases.freshUrl();
  private final Process one = new Process(url);
  private final Process two = new Process(url);
  private final UUID tenant = one.tenant("a");
  private final UUID other = one.tenant("b");

  /// What a process of the service has of events.
  private static final class Process implements AutoCloseable {
    final HikariDataSource pool;
    final JdbcClient jdbc;
    final EventTail tail;
    final Events events;
    final TransactionTemplate transactions;

    Process(String url) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(url);
      config.setUsername("postgres");
      config.setMaximumPoolSize(4);
      pool = new HikariDataSource(config);
      jdbc = JdbcClient.create(pool);
      tail = new EventTail(pool, jdbc, SETTINGS, Clock.systemUTC());
      events = new SqlEvents(jdbc, new JsonMapper(), Clock.systemUTC(), tail);
      transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
      tail.start();
    }

    UUID tenant(String name) {
      UUID id = Ids.next();
      jdbc.sql("insert into tenant (id, name) values (?, ?)").param(id).param(name).update();
      return id;
    }

    Watch watch(UUID tenant, Optional<Position> after) {
      return tail.watch(tenant, after, _ -> true).orElseThrow();
    }

    @Override
    public void close() {
      tail.stop();
      pool.close();
    }
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private void publish(Process process, UUID of, String subject) {
    process.events.publish(of, "job.progress", subject, Map.of("percent", 1));
  }

  private static String next(Watch watch) throws InterruptedException {
    return watch.next(LONG).map(Event::subject).orElse("nothing");
  }

  @Test
  void eventsOfOneProcessReachTheOtherAndNoOtherTenant() throws InterruptedException {
    try (Watch here = one.watch(tenant, Optional.empty());
        Watch there = two.watch(tenant, Optional.empty());
        Watch foreign = two.watch(other, Optional.empty())) {
      publish(one, tenant, "first");
      publish(two, tenant, "second");
      publish(two, other, "theirs");
      assertThat(List.of(next(here), next(here))).containsExactly("first", "second");
      assertThat(List.of(next(there), next(there))).containsExactly("first", "second");
      assertThat(next(foreign)).isEqualTo("theirs");
      assertThat(here.next(Duration.ofMillis(50))).isEmpty();
    }
  }

  @Test
  void nothingIsSeenThatWasRolledBackAndNothingIsMissedThatCommittedLate()
      throws InterruptedException {
    try (Watch watch = two.watch(tenant, Optional.empty())) {
      // Begins first, commits last: its events come first, and the others wait for them.
      one.transactions.executeWithoutResult(
          _ -> {
            publish(one, tenant, "early");
            publish(two, tenant, "late");
          });
      one.transactions.executeWithoutResult(
          status -> {
            publish(one, tenant, "never");
            status.setRollbackOnly();
          });
      publish(one, tenant, "last");
      assertThat(List.of(next(watch), next(watch), next(watch)))
          .containsExactly("early", "late", "last");
    }
  }

  @Test
  void whoComesBackGetsWhatItMissed() throws InterruptedException {
    Position seen;
    try (Watch watch = one.watch(tenant, Optional.empty())) {
      publish(one, tenant, "0");
      seen = watch.next(LONG).orElseThrow().position();
    }
    for (int i = 1; i <= 1200; i++) {
      publish(i % 2 == 0 ? one : two, tenant, Integer.toString(i));
    }
    List<String> got = new ArrayList<>();
    try (Watch watch = two.watch(tenant, Optional.of(seen))) {
      assertThat(watch.takeLost()).isFalse();
      publish(one, tenant, "1201");
      while (got.size() < 1201) {
        got.add(next(watch));
      }
    }
    for (int i = 0; i < 1201; i++) {
      assertThat(got.get(i)).isEqualTo(Integer.toString(i + 1));
    }
    one.jdbc.sql("update event set time = now() - interval '2 hours'").update();
    one.tail.deleteOld();
    try (Watch watch = two.watch(tenant, Optional.of(seen))) {
      assertThat(watch.takeLost()).isTrue();
      assertThat(watch.takeLost()).isFalse();
    }
  }

  @Test
  void aSlowReaderIsCutOffAndTheOthersAreNot() throws InterruptedException {
    try (Watch slow = one.watch(tenant, Optional.empty());
        Watch quick = one.watch(tenant, Optional.empty())) {
      for (int i = 0; i < 200; i++) {
        publish(one, tenant, Integer.toString(i));
        assertThat(next(quick)).isEqualTo(Integer.toString(i));
      }
      assertThat(slow.isClosed()).isTrue();
      assertThat(slow.next(LONG)).isEmpty();
      assertThat(quick.isClosed()).isFalse();
    }
  }

  @Test
  void theListeningConnectionComesBack() throws InterruptedException {
    try (Watch watch = one.watch(tenant, Optional.empty())) {
      two.jdbc
          .sql(
              """
              select pg_terminate_backend(pid) from pg_stat_activity
              where datname = current_database() and query like 'listen%'
              """)
          .query(Boolean.class)
          .list();
      publish(two, tenant, "after");
      assertThat(next(watch)).isEqualTo("after");
    }
  }

  @Test
  void aTenantHasOnlySoManyStreams() {
    List<Watch> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      open.add(one.watch(tenant, Optional.empty()));
    }
    assertThat(one.tail.watch(tenant, Optional.empty(), _ -> true)).isEmpty();
    open.removeFirst().close();
    open.add(one.watch(tenant, Optional.empty()));
    open.forEach(Watch::close);
  }
}
