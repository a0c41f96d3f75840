package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.DeviceEvent;
import dev.mote.orchestration.gateway.Link;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.orchestration.gateway.RequestQueue.Queued;
import dev.mote.service.Databases;
import dev.mote.service.database.Ids;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

class ContactsTest {

  private static final List<Link> LINKS =
      List.of(new Link("/3/0", Map.of()), new Link("/33458/0", Map.of()));

  private static final Consumer<String> DEMANDS_VALUES =
      request -> assertThat(request).contains("Observe").contains("33458");

  private final HikariDataSource source = pool();
  private final JdbcClient jdbc = JdbcClient.create(source);
  private final UUID tenant = Ids.next();
  private final UUID device = Ids.next();
  private final List<String> events = new ArrayList<>();
  private final List<String> woken = new ArrayList<>();
  private Instant now = Instant.now(Clock.systemUTC()).truncatedTo(ChronoUnit.SECONDS);
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private boolean isDatabaseAway;
  private final TransactionTemplate transaction =
      new TransactionTemplate(
          new JdbcTransactionManager(source) {
            private static final long serialVersionUID = 1;

            @Override
            protected void doBegin(Object object, TransactionDefinition definition) {
              if (isDatabaseAway) {
                throw new CannotCreateTransactionException("away");
              }
              super.doBegin(object, definition);
            }
          });
  private final EmptyQueues queues = new EmptyQueues();
  private final Wishes wishes = new Wishes(jdbc, clock, SqlRequestsTest.settings(), "node", queues);
  private final SqlRequests requests =
      new SqlRequests(
          source, jdbc, transaction, clock, new Signals(source, jdbc, "node"), queues, wishes);
  private final Contacts contacts =
      new Contacts(
          jdbc,
          transaction,
          clock,
          SqlRequestsTest.settings(),
          requests,
          wishes,
          new DeviceHistory(jdbc, clock, 100),
          (_, kind, _, _) -> events.add(kind),
          new Fleet(List::of));

  private static HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(Databases.fresh());
    config.setMaximumPoolSize(4);
    return new HikariDataSource(config);
  }

  /// A device that was read and is registered.
  @BeforeEach
  void enter() {
    requests.onWake(woken::add);
    jdbc.sql("insert into tenant (id, name) values (:id, 'test')").param("id", tenant).update();
    jdbc.sql(
            """
            insert into device (id, tenant, endpoint, name, created, state)
            values (:id, :tenant, 'board', 'board', now(), 'ONLINE')
            """)
        .param("id", device)
        .param("tenant", tenant)
        .update();
    jdbc.sql("insert into device_word (device, links, read_at) values (:id, :links, :now)")
        .param("id", device)
        .param("links", DeviceLinks.text(LINKS))
        .param("now", Timestamp.from(now))
        .update();
    register();
  }

  private void register() {
    jdbc.sql(
            """
            insert into device_registration
              (endpoint, slot, id, address, identity, expires, due, node, seen, content)
            values ('board', 'slot', 'slot-id', 'here', '#here', now(), now(), 'node', now(), '{}')
            """)
        .update();
  }

  @AfterEach
  void close() {
    contacts.close();
    requests.close();
    wishes.close();
    source.close();
  }

  private Optional<UUID> registers() {
    return contacts.registered(
        new DeviceEvent.Registered(
            "board", new Peer.Unknown(), "here", Duration.ofHours(1), false, "1.1", LINKS));
  }

  private Optional<UUID> updates() {
    return contacts.updated(
        new DeviceEvent.Updated(
            "board", new Peer.Unknown(), "here", Duration.ofHours(1), false, Optional.empty()));
  }

  /// What the device is asked next, which it answers.
  private Optional<String> asked(Answer answer) {
    Optional<Queued> next = requests.next("board", 1).stream().findFirst();
    next.ifPresent(queued -> requests.answered(queued.id(), answer));
    return next.map(queued -> queued.request().toString());
  }

  private long registrations() {
    return jdbc.sql("select registrations from device").query(Long.class).single();
  }

  private Instant lastContact() {
    return jdbc.sql("select last_contact from device").query(Timestamp.class).single().toInstant();
  }

  private String state() {
    return jdbc.sql("select state from device").query(String.class).single();
  }

  private void later(long seconds) {
    now = now.plusSeconds(seconds);
  }

  @Test
  void aDeviceThatDoesTheSameAsEverIsWrittenNowAndThen() {
    registers();
    assertThat(registrations()).isEqualTo(1);
    Instant first = now;
    for (int i = 0; i < 5; i++) {
      later(1);
      registers();
      assertThat(asked(Answer.Received.of(205, ""))).hasValueSatisfying(DEMANDS_VALUES);
      assertThat(asked(Answer.Received.of(205, ""))).isEmpty();
    }
    assertThat(contacts.heard("board")).isTrue();
    assertThat(contacts.writeSteady(false)).isEmpty();
    assertThat(registrations()).isEqualTo(1);
    assertThat(lastContact()).isEqualTo(first);
    later(6);
    assertThat(contacts.writeSteady(false)).isEmpty();
    assertThat(registrations()).isEqualTo(6);
    assertThat(lastContact()).isEqualTo(first.plusSeconds(5));
    assertThat(events).isEmpty();
  }

  @Test
  void whatIsNotWrittenIsWrittenWithTheEndOfTheRegistration() {
    registers();
    later(1);
    registers();
    assertThat(registrations()).isEqualTo(1);
    jdbc.sql("delete from device_registration").update();
    contacts.ended("board");
    assertThat(registrations()).isEqualTo(2);
    assertThat(state()).isEqualTo("OFFLINE");
    assertThat(asked(Answer.Received.of(205, ""))).isEmpty();
    assertThat(events).containsExactly("device.gone");
    register();
    registers();
    assertThat(state()).isEqualTo("ONLINE");
    assertThat(registrations()).isEqualTo(3);
    assertThat(events).containsExactly("device.gone", "device.registered");
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenLater() {
    registers();
    later(11);
    registers();
    isDatabaseAway = true;
    assertThatThrownBy(() -> contacts.writeSteady(false))
        .isInstanceOf(CannotCreateTransactionException.class);
    later(11);
    registers();
    isDatabaseAway = false;
    contacts.writeSteady(false);
    assertThat(registrations()).isEqualTo(3);
    assertThat(lastContact()).isEqualTo(now);
  }

  @Test
  void anUpdateOfWhichThisProcessWasNotToldIsFound() {
    registers();
    UUID update = Ids.next();
    jdbc.sql(
            """
            insert into device_update (id, tenant, device, title, requested_by, object, delivery,
              phase, bytes_total, sha256, progress, started)
            values (:id, :tenant, :device, 't', 'test', 'FIRMWARE', 'PULL', 'WAITING', 1, '', '{}',
              now())
            """)
        .param("id", update)
        .param("tenant", tenant)
        .param("device", device)
        .update();
    later(1);
    assertThat(registers()).isEmpty();
    assertThat(contacts.writeSteady(true)).isEqualTo(Map.of(update, true));
    // From now on at once.
    assertThat(registers()).hasValue(update);
  }

  @Test
  void requestsOfWhichThisProcessWasNotToldAreFound() {
    registers();
    later(1);
    jdbc.sql(
            """
            insert into device_request (id, tenant, device, endpoint, origin, request, created,
              expires)
            values (:id, :tenant, :device, 'board', 'test', '{}', now(), now())
            """)
        .param("id", Ids.next())
        .param("tenant", tenant)
        .param("device", device)
        .update();
    registers();
    assertThat(woken).isEmpty();
    contacts.writeSteady(true);
    assertThat(woken).containsExactly("board");
    assertThat(contacts.heard("board")).isFalse();
  }

  @Test
  void newRequestsAreNewsAtOnce() {
    registers();
    requests.news("board");
    assertThat(contacts.heard("board")).isFalse();
    registers();
    assertThat(registrations()).isEqualTo(2);
    assertThat(contacts.heard("board")).isTrue();
  }

  @Test
  void aStateThatAnotherProcessChangedIsMended() {
    registers();
    jdbc.sql("update device set state = 'OFFLINE'").update();
    later(1);
    registers();
    contacts.writeSteady(true);
    assertThat(state()).isEqualTo("ONLINE");
    assertThat(registrations()).isEqualTo(2);
    assertThat(events).containsExactly("device.registered");
  }

  @Test
  void aDeviceThatCouldNotBeAskedForItsValuesIsAskedWithItsNextUpdate() {
    registers();
    assertThat(asked(new Answer.Silence("lost"))).isPresent();
    updates();
    assertThat(asked(Answer.Received.of(205, ""))).hasValueSatisfying(DEMANDS_VALUES);
    updates();
    assertThat(asked(Answer.Received.of(205, ""))).isEmpty();
    assertThat(contacts.heard("board")).isTrue();
  }

  @Test
  void aDeviceThatIsGoneIsAskedNothing() {
    registers();
    later(1);
    registers();
    later(Duration.ofDays(2).toSeconds());
    jdbc.sql("delete from device_registration").update();
    contacts.ended("board");
    assertThat(jdbc.sql("select count(*) from device_request").query(Long.class).single()).isZero();
  }

  @Test
  void aDeviceThatSaysOtherObjectsIsReadAgain() {
    registers();
    contacts.registered(
        new DeviceEvent.Registered(
            "board",
            new Peer.Unknown(),
            "here",
            Duration.ofHours(1),
            false,
            "1.1",
            List.of(new Link("/3/0", Map.of()))));
    assertThat(
            jdbc.sql("select count(*) from device_request where origin = 'facts'")
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void afterMissedNewsTheDatabaseIsLookedAt() {
    registers();
    later(1);
    registers();
    assertThat(registrations()).isEqualTo(1);
    contacts.doubt();
    registers();
    assertThat(registrations()).isEqualTo(3);
  }
}
