package dev.mote.service.telemetry;

import dev.mote.orchestration.gateway.BusyException;
import dev.mote.orchestration.gateway.Measurement;
import dev.mote.service.device.MeasurementListener;
import dev.mote.service.event.Events;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Writes values as they come, many at a time.
///
/// While the database is away, or slower than the devices, values wait, up to a limit. What is
/// beyond it is not taken: its sender is not told of success, and sends it again. Values that were
/// taken are a moment away from the database: what waits when the process is killed is lost.
@Component
class TelemetryWriter implements MeasurementListener {

  private static final Logger LOG = LoggerFactory.getLogger(TelemetryWriter.class);
  private static final int MOST_AT_ONCE = 20_000;
  private static final Duration BETWEEN_EVENTS = Duration.ofSeconds(3);
  private static final long RETRY_MILLIS = 1_000;
  private static final long LOOK_MILLIS = 100;

  private final DataSource database;
  private final Events events;
  private final Clock clock;
  private final TelemetrySettings settings;
  private final ArrayBlockingQueue<Point> waiting;
  private final Receipts receipts = new Receipts();
  private final Map<UUID, Instant> told = new HashMap<>();
  private final Counter written;
  private final Counter refused;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean closed;

  TelemetryWriter(
      DataSource database,
      Events events,
      Clock clock,
      TelemetrySettings settings,
      MeterRegistry meters) {
    this.database = database;
    this.events = events;
    this.clock = clock;
    this.settings = settings;
    this.waiting = new ArrayBlockingQueue<>(settings.waiting());
    this.written = meters.counter("mote.telemetry.written");
    this.refused = meters.counter("mote.telemetry.refused");
    this.thread = Thread.ofPlatform().name("telemetry").daemon().start(this::run);
  }

  @Override
  public void measured(UUID tenant, UUID device, Instant arrived, List<Measurement> measurements) {
    if (!takes(points(tenant, device, arrived, measurements))) {
      throw new BusyException("too many values wait to be written");
    }
  }

  @Override
  public CompletionStage<Void> store(
      UUID tenant, UUID device, Instant arrived, List<Measurement> measurements) {
    List<Point> points = points(tenant, device, arrived, measurements);
    if (points.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return takes(points)
        ? receipts.ask()
        : CompletableFuture.failedFuture(new BusyException("too many values wait to be written"));
  }

  private static List<Point> points(
      UUID tenant, UUID device, Instant arrived, List<Measurement> measurements) {
    return measurements.stream()
        .map(measured -> Point.of(tenant, device, arrived, measured))
        .flatMap(Optional::stream)
        .toList();
  }

  /// Whether there is room for all of them. Where others are quicker some are taken all the same,
  /// and told twice then, which is better than never.
  private boolean takes(List<Point> points) {
    boolean takes =
        waiting.remainingCapacity() >= points.size() && points.stream().allMatch(waiting::offer);
    if (!takes) {
      refused.increment(points.size());
    }
    return takes;
  }

  private void run() {
    List<Point> batch = new ArrayList<>();
    while (!closed || !waiting.isEmpty() || !batch.isEmpty()) {
      try {
        if (batch.isEmpty()) {
          Point first = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
          if (first == null) {
            receipts.collect(waiting::size);
            receipts.give();
            continue;
          }
          batch.add(first);
          receipts.drained(1);
          closing.await(settings.write().toMillis(), TimeUnit.MILLISECONDS);
          receipts.collect(waiting::size);
          receipts.drained(waiting.drainTo(batch, MOST_AT_ONCE - 1));
        }
        write(batch);
        receipts.give();
        tell(batch);
        batch.clear();
      } catch (SQLException | IOException | RuntimeException e) {
        LOG.warn("values of devices wait, as they could not be written: {}", e.getMessage());
        if (closed) {
          return;
        }
        pause();
      } catch (InterruptedException e) {
        // Asked to end: what waits is written first.
        closed = true;
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<Point> points) throws SQLException, IOException {
    StringBuilder rows = new StringBuilder(points.size() * 128);
    for (Point point : points) {
      rows.append(point.tenant()).append('\t').append(point.device()).append('\t');
      rows.append(point.path()).append('\t').append(point.at()).append('\t');
      rows.append(point.value().isPresent() ? Double.toString(point.value().getAsDouble()) : "\\N");
      rows.append('\t').append(point.words().map(TelemetryWriter::escaped).orElse("\\N"));
      rows.append('\n');
    }
    byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
    try (Connection connection = database.getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // A crash of the database may take the last fraction of a second of values with it.
      statement.execute("set local synchronous_commit = off");
      new CopyManager(connection.unwrap(BaseConnection.class))
          .copyIn(
              "copy telemetry_point (tenant, device, path, at, value, words) from stdin",
              new java.io.ByteArrayInputStream(bytes));
      connection.commit();
    }
    written.increment(points.size());
  }

  /// As COPY's text format wants it.
  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private void tell(List<Point> points) {
    Map<UUID, Integer> counts = new HashMap<>();
    points.forEach(point -> counts.merge(point.tenant(), 1, Integer::sum));
    Instant now = clock.instant();
    counts.forEach(
        (tenant, count) -> {
          Instant last = told.get(tenant);
          if (last == null || last.plus(BETWEEN_EVENTS).isBefore(now)) {
            told.put(tenant, now);
            events.publish(tenant, "telemetry", "", Map.of("points", count));
          }
        });
  }

  @PreDestroy
  void close() throws InterruptedException {
    closed = true;
    closing.countDown();
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }
}
