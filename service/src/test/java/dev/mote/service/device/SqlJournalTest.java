package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredObservation;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import dev.mote.service.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.DelegatingDataSource;

class SqlJournalTest {

  private static final int VOLUME = 5_000;
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

  private final HikariDataSource source = pool();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<SqlJournal> journals = new ArrayList<>();

  private static HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(Databases.fresh());
    config.setMaximumPoolSize(6);
    return new HikariDataSource(config);
  }

  @AfterEach
  void close() {
    journals.forEach(SqlJournal::close);
    source.close();
  }

  private SqlJournal node(String name) {
    return node(name, source);
  }

  private SqlJournal node(String name, DataSource at) {
    SqlJournal journal =
        new SqlJournal(
            at,
            Clock.systemUTC(),
            name,
            VOLUME,
            (node, endpoint) -> told.add(node + " " + endpoint));
    journals.add(journal);
    return journal;
  }

  private static StoredRegistration registration(String endpoint, String id, Instant expires) {
    return new StoredRegistration(
        endpoint, id, "192.0.2.1:" + endpoint, "psk " + endpoint, expires, "{}");
  }

  @Test
  void aRegistrationIsFoundByAllItsNamesAndEndsWithItsObservations() {
    SqlJournal one = node("one");
    StoredRegistration first = registration("a", "1", LATER);
    one.register(first);
    StoredObservation time = new StoredObservation("/3/0/13", "01ab");
    assertThat(one.observe("1", time)).isTrue();
    SqlJournal other = node("other");
    for (SqlJournal journal : journals) {
      assertThat(journal.byId("1")).contains(first);
      assertThat(journal.byEndpoint("a")).contains(first);
      assertThat(journal.byIdentity("psk a")).contains(first);
      assertThat(journal.observations("1")).containsExactly(time);
    }
    one.register(registration("a", "2", LATER));
    assertThat(one.byId("1")).isEmpty();
    assertThat(one.observations("1")).isEmpty();
    assertThat(one.observe("1", time)).isFalse();
    assertThat(one.observations("2")).isEmpty();
    assertThat(one.update(first)).isFalse();
    other.lost("a");
    assertThat(other.byId("1")).isEmpty();
    one.unregister("2");
    assertThat(one.byEndpoint("a")).isEmpty();
    assertThat(one.all()).isEmpty();
  }

  @Test
  void aDeviceThatSpeaksToAnotherNodeBelongsToThat() {
    SqlJournal one = node("one");
    SqlJournal other = node("other");
    one.register(registration("a", "1", LATER));
    assertThat(told).isEmpty();
    StoredRegistration moved =
        new StoredRegistration("a", "1", "192.0.2.9:1", "psk a", LATER, "{\"moved\":1}");
    assertThat(other.update(moved)).isTrue();
    assertThat(told).containsExactly("one a");
    assertThat(other.byEndpoint("a")).contains(moved);
    one.lost("a");
    assertThat(one.byId("1")).contains(moved);
    one.register(registration("a", "2", LATER));
    assertThat(told).containsExactly("one a", "other a");
  }

  @Test
  void whatEndedIsTakenOutByOneNode() {
    SqlJournal one = node("one");
    SqlJournal other = node("other");
    Instant past = Instant.parse("2000-01-01T00:00:00Z");
    one.register(registration("late", "1", past));
    one.register(registration("on time", "2", LATER));
    Instant now = Instant.now(Clock.systemUTC());
    assertThat(other.expired(now, 10)).extracting(StoredRegistration::id).containsExactly("1");
    assertThat(one.expire("1", now)).isTrue();
    assertThat(other.expire("1", now)).isFalse();
    assertThat(one.expire("2", now)).isFalse();
    assertThat(one.byId("1")).isEmpty();
  }

  @Test
  void aPathIsObservedOnceAndOtherNodesKnow() {
    SqlJournal one = node("one");
    one.register(registration("a", "1", LATER));
    one.register(registration("b", "2", LATER));
    StoredObservation moved = new StoredObservation("/3/0/13", "03");
    one.observe("1", new StoredObservation("/3/0/13", "01"));
    one.observe("1", new StoredObservation("/5/0/3", "02"));
    one.observe("1", moved);
    one.forget("1", "/5/0/3");
    one.forget("1", "/5/0/5");
    assertThat(one.update(registration("a", "1", LATER.plusSeconds(1)))).isTrue();
    for (SqlJournal journal : List.of(one, node("other"))) {
      assertThat(journal.observations("1")).containsExactly(moved);
      assertThat(journal.observations("2")).isEmpty();
      assertThat(journal.observations("3")).isEmpty();
    }
  }

  @Test
  void whatIsKeptAliveDoesNotEndAndIsNotLookedAtAgainBeforeItsTime() throws Exception {
    SqlJournal one = node("one");
    Instant past = Instant.parse("2000-01-01T00:00:00Z");
    for (int i = 0; i < 30; i++) {
      one.register(registration("d" + i, "i" + i, past.plusSeconds(i)));
    }
    for (int i = 0; i < 30; i += 2) {
      assertThat(one.update(registration("d" + i, "i" + i, LATER))).isTrue();
    }
    // A shorter lifetime than before.
    one.register(registration("d0", "new", past));
    Instant now = Instant.now(Clock.systemUTC());
    assertThat(one.expired(now, 5))
        .extracting(StoredRegistration::endpoint)
        .containsExactly("d0", "d1", "d3", "d5", "d7");
    assertThat(count("due < now()")).isEqualTo(16);
    assertThat(one.expired(now, 100)).hasSize(16);
    assertThat(one.expired(LATER.plusSeconds(1), 100)).hasSize(30);
  }

  @Test
  @Timeout(120)
  void devicesThatRegisterAnewTouchNoIndex() throws Exception {
    SqlJournal one = node("one");
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 10; i++) {
        Instant expires = LATER.plusSeconds(round);
        one.register(registration("d" + i, "slot" + i + round, expires));
        one.observe("slot" + i + round, new StoredObservation("/3", "0" + round % 10));
        one.update(registration("d" + i, "slot" + i + round, expires.plusSeconds(5)));
      }
    }
    long changed = 20 * 10 * 3 - 10;
    while (updates("n_tup_upd") < changed) {
      Thread.sleep(100);
    }
    // What finds no room in its page is entered anew in any case; there is room for most.
    long inPlace = updates("n_tup_hot_upd");
    assertThat(inPlace + updates("n_tup_newpage_upd")).isEqualTo(updates("n_tup_upd"));
    assertThat(inPlace).isGreaterThan(changed / 2);
  }

  private long updates(String column) throws SQLException {
    return number(
        "select %s from pg_stat_user_tables where relname = 'device_registration'"
            .formatted(column));
  }

  private long count(String condition) throws SQLException {
    return number("select count(*) from device_registration where " + condition);
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void manyRegisterAtOnceAndOneThatCannotBeStoredHarmsNoOther() throws Exception {
    SqlJournal one = node("one");
    AtomicInteger refused = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < VOLUME; i++) {
        String name = i == VOLUME / 2 ? "bad\u0000" : "device-" + i;
        all.add(
            threads.submit(
                () -> {
                  try {
                    one.register(registration(name, "id " + name, LATER));
                  } catch (IllegalStateException e) {
                    refused.incrementAndGet();
                  }
                }));
        if (i % 1000 == 999) {
          for (Future<?> future : all) {
            future.get();
          }
          all.clear();
        }
      }
    }
    assertThat(refused).hasValue(1);
    assertThat(one.all()).hasSize(VOLUME - 1);
    assertThat(one.size()).isEqualTo(VOLUME - 1);
  }

  @Test
  void memoryIsBoundedAndWhatIsNotThereIsRead() {
    SqlJournal one = node("one");
    RegistrationCache cache = new RegistrationCache(10);
    for (int i = 0; i < 100; i++) {
      StoredRegistration registration = registration("d" + i, "i" + i, LATER);
      one.register(registration);
      cache.registered(registration);
    }
    assertThat(cache.observations("i0")).isEmpty();
    assertThat(cache.observations("i99")).isPresent();
    assertThat(cache.size()).isEqualTo(10);
    assertThat(cache.byId("i0")).isEmpty();
    assertThat(cache.byId("i99")).isPresent();
    one.doubt();
    assertThat(one.byEndpoint("d0")).isPresent();
  }

  @Test
  void aDatabaseThatIsAwayRefusesAndThenServesAgain() {
    boolean[] isAway = new boolean[1];
    SqlJournal one =
        node(
            "one",
            new DelegatingDataSource(source) {
              @Override
              public Connection getConnection() throws SQLException {
                if (isAway[0]) {
                  throw new SQLTransientConnectionException("away", "08001");
                }
                return super.getConnection();
              }
            });
    one.register(registration("a", "1", LATER));
    isAway[0] = true;
    assertThatThrownBy(() -> one.register(registration("b", "2", LATER)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(one.byEndpoint("a")).isPresent();
    isAway[0] = false;
    one.register(registration("b", "2", LATER));
    assertThat(one.all()).hasSize(2);
  }
}
