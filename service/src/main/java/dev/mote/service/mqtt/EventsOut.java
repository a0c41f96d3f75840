package dev.mote.service.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.mote.service.event.Event;
import dev.mote.service.event.EventLog;
import dev.mote.service.event.Position;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Publishes the events of all tenants in the order of their positions, each at least once.
///
/// A lock in the database lets one process at a time do so; how far it came is in the database as
/// well. The transaction that holds the lock writes nothing before its end: as long as it has
/// written nothing it holds up nobody who waits for older transactions.
final class EventsOut {

  private static final Logger LOG = LoggerFactory.getLogger(EventsOut.class);
  private static final long LOCK = 0x6d6f_7465_6d71_7474L;
  private static final int AT_ONCE = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(300);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final String JSON_TYPE = "application/json";

  private final Mqtt5AsyncClient client;
  private final Topics topics;
  private final TenantNames tenants;
  private final EventLog log;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final JsonMapper json;
  private final MeterRegistry meters;
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
  private volatile boolean closed;

  EventsOut(
      Mqtt5AsyncClient client,
      Topics topics,
      TenantNames tenants,
      EventLog log,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      JsonMapper json,
      MeterRegistry meters) {
    this.client = client;
    this.topics = topics;
    this.tenants = tenants;
    this.log = log;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.json = json;
    this.meters = meters;
  }

  /// An event and what became of its messages.
  private record Sent(Event event, CompletableFuture<?> told) {}

  /// Publishes until it is closed.
  void run() throws InterruptedException {
    while (!closed) {
      Duration pause = LOOK;
      try {
        // What the client still has under way would overtake a second try.
        if (underWay.isDone() && client.getState().isConnected()) {
          pause = round() == AT_ONCE ? Duration.ZERO : LOOK;
        }
      } catch (RuntimeException e) {
        LOG.warn("events wait, as they could not be passed on: {}", e.getMessage());
        pause = PAUSE;
      }
      Thread.sleep(pause);
    }
  }

  /// @return how many events were published
  private int round() {
    Integer published = transaction.execute(_ -> isFirst() ? publish() : 0);
    return published == null ? 0 : published;
  }

  /// Whether no other process publishes now; holds until the end of the transaction.
  private boolean isFirst() {
    return jdbc.sql("select pg_try_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(Boolean.class)
        .single();
  }

  private int publish() {
    Position begin = position();
    List<Event> events = log.after(begin, AT_ONCE);
    if (events.isEmpty()) {
      // A database that was copied to another server counts its transactions anew.
      Position end = log.end();
      if (begin.transaction() > end.transaction()) {
        reached(end);
      }
      return 0;
    }
    List<Sent> sent = new ArrayList<>();
    for (Event event : events) {
      sent.add(new Sent(event, send(event)));
    }
    CompletableFuture<?>[] all = sent.stream().map(Sent::told).toArray(CompletableFuture[]::new);
    underWay = CompletableFuture.allOf(all).handle((_, _) -> null);
    await(underWay);
    int count = 0;
    for (Sent one : sent) {
      if (!one.told().isDone() || one.told().isCompletedExceptionally()) {
        break;
      }
      count++;
    }
    if (count > 0) {
      reached(events.get(count - 1).position());
      meters.counter("mote.mqtt.published").increment(count);
    }
    return count;
  }

  private static void await(CompletableFuture<Void> all) {
    try {
      all.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.debug("not all events were taken in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// How far events were published; the first process ever begins with what happens from now on.
  private Position position() {
    return jdbc.sql("select transaction, number from mqtt_position")
        .query((row, _) -> new Position(row.getLong(1), row.getLong(2)))
        .optional()
        .orElseGet(
            () -> {
              Position end = log.end();
              reached(end);
              return end;
            });
  }

  private void reached(Position position) {
    jdbc.sql(
            """
            insert into mqtt_position (transaction, number) values (:transaction, :number)
            on conflict (single) do update
              set transaction = excluded.transaction, number = excluded.number
            """)
        .param("transaction", position.transaction())
        .param("number", position.number())
        .update();
  }

  /// Sends what an event says.
  ///
  /// @return completes when the broker has it, or never wants it
  private CompletableFuture<?> send(Event event) {
    String tenant = tenants.name(event.tenant()).orElse("");
    Optional<String> topic = topics.event(tenant, event.kind());
    if (topic.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    JsonNode content = json.readTree(event.content());
    byte[] told =
        json.writeValueAsString(
                Map.of(
                    "id", event.position().toString(),
                    "kind", event.kind(),
                    "subject", event.subject(),
                    "time", event.time().toString(),
                    "content", content))
            .getBytes(StandardCharsets.UTF_8);
    CompletableFuture<?> first = send(topic.get(), told, false);
    boolean isState =
        event.kind().equals("device.registered") || event.kind().equals("device.gone");
    if (!isState) {
      return first;
    }
    return topics
        .state(tenant, content.path("endpoint").asString(""))
        .<CompletableFuture<?>>map(
            where -> CompletableFuture.allOf(first, send(where, state(event, content), true)))
        .orElse(first);
  }

  /// The last state of a device; nothing, which takes the former one away, when it was deleted.
  private byte[] state(Event event, JsonNode content) {
    String state = content.path("state").asString("");
    return state.isEmpty()
        ? new byte[0]
        : json.writeValueAsString(Map.of("state", state, "time", event.time().toString()))
            .getBytes(StandardCharsets.UTF_8);
  }

  private CompletableFuture<?> send(String topic, byte[] payload, boolean retain) {
    return client
        .publish(
            Mqtt5Publish.builder()
                .topic(topic)
                .payload(payload)
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(retain)
                .contentType(JSON_TYPE)
                .build())
        .handle(
            (_, failure) -> {
              if (failure != null && !isRefused(failure)) {
                throw new CompletionException(failure);
              }
              if (failure != null) {
                meters.counter("mote.mqtt.refused").increment();
                LOG.warn("the broker refuses {}: {}", topic, failure.getMessage());
              }
              return null;
            });
  }

  /// Whether a second try would end the same: without this one refused event would hold up all
  /// others.
  private static boolean isRefused(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return switch (cause) {
      case MqttEncodeException _ -> true;
      case Mqtt5PubAckException refused ->
          switch (refused.getMqttMessage().getReasonCode()) {
            case NOT_AUTHORIZED, TOPIC_NAME_INVALID, PAYLOAD_FORMAT_INVALID -> true;
            default -> false;
          };
      case null, default -> false;
    };
  }

  void close() {
    closed = true;
  }
}
