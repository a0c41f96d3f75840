package dev.mote.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private final FakeService service = new FakeService();
  private final MoteClient client = client(LONG);

  private MoteClient client(Duration silence) {
    return MoteClient.at(service.address())
        .withToken("t")
        .withTimeouts(new Timeouts(LONG, LONG, LONG, silence, 3, Duration.ofMillis(50)));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private static String event(String id, int progress) {
    return """
        id: %s
        data: {"kind":"job.progress","subject":"j","time":"2026-11-22T01:02:03Z","content":{"progress":%d}}

        """
        .formatted(id, progress);
  }

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private FakeService streams(String text) {
    return service.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, text);
        });
  }

  @Test
  void aStreamThatEndedGoesOnAfterTheLastEvent() {
    streams("retry: 2000\n\n" + event("e1", 1) + event("e2", 2) + "id: e3\ndata: {\"half");
    streams(":\n\n" + event("e3", 3));
    try (EventStream events = client.events(List.of("job"), List.of("a", "b"))) {
      assertThat(events.stream().limit(3).map(e -> e.content().get("progress")))
          .containsExactly(1, 2, 3);
    }
    assertThat(service.asked.get(0).line())
        .contains("kind=job")
        .contains("subject=a")
        .contains("subject=b");
    assertThat(service.asked.get(0).lastEvent()).isEmpty();
    assertThat(service.asked.get(1).lastEvent()).isEqualTo("e2");
  }

  @Test
  void silenceOpensTheStreamAnew() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    service.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, event("e1", 1));
          try {
            end.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    streams(event("e2", 2));
    try (EventStream events = client(Duration.ofSeconds(2)).events(List.of(), List.of())) {
      assertThat(events.stream().limit(2).map(Event::id)).containsExactly("e1", "e2");
    } finally {
      end.countDown();
    }
  }

  /// A long line over a slow network arrives for longer than a silence lasts.
  @Test
  void aLineThatIsOnItsWayIsNoSilence() {
    Duration silence = Duration.ofSeconds(3);
    service.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          long end = System.nanoTime() + silence.toNanos() * 3 / 2;
          write(exchange, "event: lost\ndata: ");
          while (System.nanoTime() < end) {
            write(exchange, "x".repeat(64 * 1024));
            LockSupport.parkNanos(silence.toNanos() / 20);
          }
          write(exchange, "\n\n");
        });
    try (EventStream events = client(silence).events(List.of(), List.of())) {
      assertThat(events.stream().limit(1).map(Event::kind)).containsExactly("lost");
    }
  }

  @Test
  void lostEventsAreToldOf() {
    streams("event: lost\ndata: {}\n\n" + event("e9", 9));
    try (EventStream events = client.events(List.of(), List.of(), Optional.of("e0"))) {
      assertThat(events.stream().limit(2).map(Event::kind)).containsExactly("lost", "job.progress");
    }
    assertThat(service.asked.getFirst().lastEvent()).isEqualTo("e0");
  }

  @Test
  void aRefusalEndsIt() {
    streams(event("e1", 1));
    service.then(503, "").then(401, "{\"code\":\"MOTE-8010\",\"detail\":\"the token has ended\"}");
    try (EventStream events = client.events(List.of(), List.of())) {
      assertThatThrownBy(() -> events.stream().toList())
          .isInstanceOf(ServiceProblem.class)
          .hasMessage("the token has ended");
      assertThatThrownBy(() -> events.next(Duration.ofMillis(1)))
          .isInstanceOf(ServiceProblem.class);
    }
  }

  @Test
  void aLineWithoutEndIsRefused() {
    streams("data: " + "x".repeat(5 * 1024 * 1024));
    try (EventStream events = client.events(List.of(), List.of())) {
      assertThatThrownBy(() -> events.stream().toList())
          .isInstanceOf(ServiceProblem.class)
          .hasMessageContaining("a line of it is too long");
    }
  }
}
