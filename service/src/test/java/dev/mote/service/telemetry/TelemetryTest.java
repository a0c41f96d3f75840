package dev.mote.service.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mote.orchestration.gateway.BusyException;
import dev.mote.orchestration.gateway.Measurement;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.ResourcePath;
import dev.mote.service.TestService;
import dev.mote.service.event.Events;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class TelemetryTest {

  private static final TestService SERVICE = TestService.start("--mote.telemetry.write=20ms");
  private static final ResourcePath LATENCY = new ResourcePath(33_458, 0, 8);
  private static final ResourcePath SELF_TEST = new ResourcePath(33_458, 0, 12);

  @AfterAll
  static void close() {
    SERVICE.close();
  }

  private record Known(UUID tenant, UUID device) {}

  private static Known device(String endpoint) {
    JsonNode entered =
        SERVICE.admin().post("/v1/devices", Map.of("endpoint", endpoint)).expect(201).json();
    UUID tenant = UUID.fromString(SERVICE.admin().get("/v1/me").json().get("tenant").asString());
    return new Known(tenant, UUID.fromString(entered.get("id").asString()));
  }

  private static void tell(Known known, Instant at, ResourcePath path, Object value) {
    SERVICE
        .bean(TelemetryWriter.class)
        .measured(
            known.tenant(),
            known.device(),
            Instant.now(),
            List.of(new Measurement(path, Optional.of(at), Value.of(value))));
  }

  private static void awaitPoints(Known known, int count) throws InterruptedException {
    JdbcClient sql = SERVICE.bean(JdbcClient.class);
    for (int i = 0; i < 500; i++) {
      long found =
          sql.sql("select count(*) from telemetry_point where device = :device")
              .param("device", known.device())
              .query(Long.class)
              .single();
      if (found == count) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("not " + count + " points in ten seconds");
  }

  @Test
  void valuesBecomeSeriesWithNamesAndMeansOfStretches() throws InterruptedException {
    Known known = device("telemetry-1");
    Instant begin = Instant.parse(Instant.now().minusSeconds(600).toString());
    for (int i = 0; i < 100; i++) {
      tell(known, begin.plusSeconds(i), LATENCY, (long) i);
    }
    tell(known, begin, new ResourcePath(3, 0, 9), 80L);
    tell(known, begin, new ResourcePath(3, 0, 0), "Acme\t\\N\nrow\0");
    tell(known, begin, new ResourcePath(3, 0, 1), new byte[] {1});
    tell(known, begin, new ResourcePath(3303, 0, 5700), Double.NaN);
    tell(known, begin, new ResourcePath(3303, 0, 5700), 21.5);
    awaitPoints(known, 103);

    JsonNode told =
        SERVICE
            .admin()
            .get(
                "/v1/devices/%s/telemetry?from=%s&to=%s&points=10"
                    .formatted(known.device(), begin, begin.plusSeconds(100)))
            .expect(200)
            .json();
    JsonNode latency = series(told, "/33458/0/8");
    assertThat(latency.get("name").asString()).isEqualTo("Mean latency, slot 0");
    assertThat(latency.get("unit").asString()).isEqualTo("µs");
    assertThat(latency.get("points").size()).isEqualTo(10);
    JsonNode first = latency.get("points").get(0);
    assertThat(first.get("value").asDouble()).isEqualTo(4.5);
    assertThat(first.get("low").asDouble()).isEqualTo(0);
    assertThat(first.get("high").asDouble()).isEqualTo(9);
    assertThat(first.get("count").asLong()).isEqualTo(10);
    assertThat(series(told, "/3303/0/5700").get("points").size()).isEqualTo(1);
    assertThat(told.get("latest").toString()).contains("Acme\\t\\\\N\\nrow\uFFFD");
  }

  private static JsonNode series(JsonNode told, String path) {
    for (JsonNode series : told.get("series")) {
      if (series.get("path").asString().equals(path)) {
        return series;
      }
    }
    throw new AssertionError("no " + path + " in " + told);
  }

  @Test
  void aDevicesClockIsBelievedWithinReason() {
    Instant now = Instant.parse("2026-05-01T12:00:00Z");
    assertThat(at(now, now.minus(Duration.ofHours(20)))).isEqualTo(now.minus(Duration.ofHours(20)));
    assertThat(at(now, now.plus(Duration.ofHours(1)))).isEqualTo(now);
    assertThat(at(now, Instant.EPOCH)).isEqualTo(now);
  }

  private static Instant at(Instant now, Instant told) {
    return Point.of(
            UUID.randomUUID(),
            UUID.randomUUID(),
            now,
            new Measurement(LATENCY, Optional.of(told), Value.of(1L)))
        .orElseThrow()
        .at();
  }

  @Test
  void updatedDevicesAreComparedWithWhatTheyToldBefore() throws InterruptedException {
    Known one = device("telemetry-2");
    Known two = device("telemetry-3");
    Instant update = Instant.now().minusSeconds(300);
    tell(one, update.minusSeconds(10), LATENCY, 100L);
    tell(one, update.plusSeconds(10), LATENCY, 150L);
    tell(two, update.plusSeconds(10), SELF_TEST, 2L);
    awaitPoints(one, 2);
    awaitPoints(two, 1);
    Reports.Report report =
        SERVICE
            .bean(Reports.class)
            .of(one.tenant(), Map.of(one.device(), update, two.device(), update));
    assertThat(report.devices()).isEqualTo(2);
    assertThat(report.selfTestFailures()).isEqualTo(1);
    assertThat(report.latencyBefore()).hasValue(100);
    assertThat(report.latencyAfter()).hasValue(150);
  }

  /// Values come as one message: all of them are taken or none, and nothing is left out unsaid.
  @Test
  void whatThereIsNoRoomForIsRefused() throws InterruptedException {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    TelemetryWriter full =
        new TelemetryWriter(
            SERVICE.bean(DataSource.class),
            SERVICE.bean(Events.class),
            Clock.systemUTC(),
            new TelemetrySettings(Duration.ofHours(1), 3, Duration.ofDays(1), Duration.ofDays(1)),
            meters);
    Known known = device("telemetry-full");
    Instant now = Instant.now();
    List<Measurement> three =
        Stream.of(1, 2, 3)
            .map(i -> new Measurement(LATENCY, Optional.of(now.plusMillis(i)), Value.of((long) i)))
            .toList();
    List<Measurement> four = new ArrayList<>(three);
    four.addAll(three.subList(0, 1));
    assertThatExceptionOfType(BusyException.class)
        .isThrownBy(() -> full.measured(known.tenant(), known.device(), now, four));
    full.measured(known.tenant(), known.device(), now, three);
    assertThat(full.store(known.tenant(), known.device(), now, three).toCompletableFuture())
        .isCompletedExceptionally();
    assertThat(meters.counter("mote.telemetry.refused").count()).isEqualTo(7);
    full.close();
    awaitPoints(known, 3);
  }

  @Test
  void oldDaysGoAndHoursStay() throws InterruptedException {
    Known known = device("telemetry-4");
    Instant old = Instant.now().minus(Duration.ofDays(5));
    tell(known, old, LATENCY, 10L);
    tell(known, old.plusSeconds(1), LATENCY, 20L);
    awaitPoints(known, 2);
    JdbcClient sql = SERVICE.bean(JdbcClient.class);
    sql.sql("delete from telemetry_summed").update();
    SERVICE.bean(Upkeep.class).run();
    assertThat(
            sql.sql("select sum(points), max(mean) from telemetry_hour where device = :device")
                .param("device", known.device())
                .query((row, _) -> row.getLong(1) + " " + row.getDouble(2))
                .single())
        .isIn("2 15.0", "2 20.0");
    assertThat(
            sql.sql(
                    "select count(*) from pg_inherits where inhparent = 'telemetry_point'::regclass")
                .query(Long.class)
                .single())
        .isGreaterThanOrEqualTo(5);
  }

  @Test
  void askingForNonsenseIsRefused() {
    Known known = device("telemetry-5");
    String place = "/v1/devices/" + known.device() + "/telemetry";
    SERVICE.admin().get(place + "?points=0").expectProblem(400, 8001);
    SERVICE
        .admin()
        .get(place + "?from=2026-05-01T12:00:00Z&to=2026-05-01T11:00:00Z")
        .expectProblem(400, 8001);
    SERVICE.admin().get("/v1/devices/" + UUID.randomUUID() + "/telemetry").expectProblem(404, 8002);
    SERVICE.admin().get("/v1/telemetry/summary").expect(200);
  }
}
