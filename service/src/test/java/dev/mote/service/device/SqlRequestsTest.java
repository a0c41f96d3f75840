package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.NodePath;
import dev.mote.orchestration.gateway.Request;
import dev.mote.orchestration.gateway.RequestQueue.Queued;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import dev.mote.service.Databases;
import dev.mote.service.database.Ids;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class SqlRequestsTest {

  private static final Instant LATER = Instant.now(Clock.systemUTC()).plus(Duration.ofDays(1));

  private final HikariDataSource source = pool();
  private final JdbcClient jdbc = JdbcClient.create(source);
  private final TransactionTemplate transaction =
      new TransactionTemplate(new JdbcTransactionManager(source));
  private final UUID tenant = Ids.next();
  private final UUID device = Ids.next();
  private final List<String> told = new ArrayList<>();
  private final List<SqlRequests> processes = new ArrayList<>();
  private boolean mayBeSentTwice = true;

  private static HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(Databases.fresh());
    config.setMaximumPoolSize(4);
    return new HikariDataSource(config);
  }

  @BeforeEach
  void enter() {
    jdbc.sql("insert into tenant (id, name) values (:id, 'test')").param("id", tenant).update();
    jdbc.sql(
            """
            insert into device (id, tenant, endpoint, name, created)
            values (:id, :tenant, 'board', 'board', now())
            """)
        .param("id", device)
        .param("tenant", tenant)
        .update();
  }

  @AfterEach
  void close() {
    processes.forEach(SqlRequests::close);
    source.close();
  }

  /// A process; each call is another run of it.
  private SqlRequests process() {
    EmptyQueues queues = new EmptyQueues();
    SqlRequests requests =
        new SqlRequests(
            source,
            jdbc,
            transaction,
            Clock.systemUTC(),
            new Signals(source, jdbc, "node"),
            queues,
            new Wishes(jdbc, Clock.systemUTC(), settings(), "node", queues));
    requests.register(
        new QueuedRequest.Origin() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public void answered(QueuedRequest request, Answer answer) {
            told.add(request.detail() + " " + answer.getClass().getSimpleName());
          }

          @Override
          public boolean again(QueuedRequest request) {
            if (!mayBeSentTwice) {
              requests.drop(List.of(request.id()));
              told.add(request.detail() + " dropped");
            }
            return mayBeSentTwice;
          }
        });
    processes.add(requests);
    return requests;
  }

  static DeviceSettings settings() {
    return new DeviceSettings(
        100,
        100,
        Duration.ofDays(1),
        Duration.ofHours(1),
        List.of(ObjectRange.of("33458")),
        8,
        50,
        1_000,
        1_000_000);
  }

  private UUID add(SqlRequests requests, String name, Request request, Instant expires) {
    UUID id = Ids.next();
    requests.add(
        List.of(
            new QueuedRequest(
                id, tenant, device, "board", "test:" + name, Optional.empty(), request, expires)));
    return id;
  }

  private static final Request READ = new Request.Read(List.of(NodePath.of("/3/0")));

  @Test
  void requestsComeOneByOneInTheirOrderUntilTheyAreAnswered() {
    SqlRequests requests = process();
    assertThat(requests.next("board", 5)).isEmpty();
    UUID first = add(requests, "a", READ, LATER);
    Request write =
        new Request.Write(
            NodePath.of("/3/0"),
            Map.of(
                new ResourcePath(3, 0, 14),
                List.of(Value.of("+01:00")),
                new ResourcePath(3, 0, 6),
                List.of(Value.of(1L), Value.of(1.5), Value.of(true), Value.of(new byte[] {1}))));
    add(requests, "b", write, LATER);
    assertThat(requests.next("board", 5)).extracting(Queued::id).containsExactly(first);
    assertThat(requests.next("board", 5)).extracting(Queued::id).containsExactly(first);
    requests.answered(first, Answer.Received.of(205, ""));
    requests.answered(first, Answer.Received.of(205, ""));
    assertThat(requests.next("board", 5)).extracting(Queued::request).containsExactly(write);
    assertThat(told).containsExactly("a Received");
    assertThat(requests.length()).isEqualTo(1);
  }

  @Test
  void whatComesTooLateIsNotSent() {
    SqlRequests requests = process();
    add(requests, "late", READ, Instant.parse("2000-01-01T00:00:00Z"));
    add(requests, "later", READ, Instant.parse("2000-01-02T00:00:00Z"));
    UUID good = add(requests, "good", READ, LATER);
    assertThat(requests.next("board", 1)).extracting(Queued::id).containsExactly(good);
    assertThat(told).containsExactly("late Unsent", "later Unsent");
    add(requests, "swept", READ, Instant.parse("2000-01-01T00:00:00Z"));
    requests.sweep();
    assertThat(told).contains("swept Unsent").hasSize(3);
  }

  @Test
  void aProcessThatStartsAgainAsksWhoSentWhatWasNotAnswered() {
    SqlRequests first = process();
    UUID sent = add(first, "a", READ, LATER);
    UUID waits = add(first, "b", READ, LATER);
    assertThat(first.next("board", 1)).hasSize(1);
    SqlRequests again = process();
    assertThat(again.next("board", 1)).extracting(Queued::id).containsExactly(sent);
    assertThat(told).isEmpty();
    mayBeSentTwice = false;
    SqlRequests third = process();
    assertThat(third.next("board", 1)).extracting(Queued::id).containsExactly(waits);
    assertThat(told).containsExactly("a dropped");
  }

  @Test
  void aDeviceOfThisNodeIsWokenWhenItsRequestIsCommittedAndNotBefore() {
    SqlRequests requests = process();
    List<String> woken = new ArrayList<>();
    requests.onWake(woken::add);
    jdbc.sql(
            """
            insert into device_registration
              (endpoint, slot, id, address, identity, expires, due, node, seen, content)
            values ('board', 'id', 'id', 'address', 'identity', now(), now(), 'node', now(), '{}')
            """)
        .update();
    transaction.executeWithoutResult(
        _ -> {
          add(requests, "a", READ, LATER);
          assertThat(woken).isEmpty();
        });
    assertThat(woken).containsExactly("board");
    assertThat(requests.waiting()).containsExactly("board");
    jdbc.sql("update device_registration set node = 'another'").update();
    add(requests, "b", READ, LATER);
    assertThat(woken).hasSize(1);
    assertThat(requests.waiting()).isEmpty();
  }
}
