package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.FleetSettings;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Updates over real UDP, while services stop and start on the same database.
class UpdatesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int DEVICES = 4;

  @TempDir Path artifacts;

  private final String database = Databases.freshUrl();

  private TestService start(int port, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--mote.lwm2m.coap=localhost:" + port,
                "--mote.lwm2m.node=n" + port,
                "--mote.store.folder=" + artifacts));
    arguments.addAll(List.of(more));
    return TestService.startOn(database, arguments.toArray(String[]::new));
  }

  private static int freePort() throws Exception {
    try (var socket = new java.net.DatagramSocket(0, java.net.InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static List<String> enter(TestService service, String prefix, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(
          service
              .admin()
              .post(
                  "/v1/devices",
                  Map.of(
                      "endpoint",
                      prefix + "%05d".formatted(i),
                      "credential",
                      Map.of("kind", "none")))
              .expect(201)
              .json()
              .get("id")
              .asString());
    }
    return ids;
  }

  private static String firmware(TestService service, int bytes) throws Exception {
    byte[] content = new byte[bytes];
    new Random(1).nextBytes(content);
    String version =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(content))
            .substring(0, 12);
    return service
        .admin()
        .upload("/v1/firmware?name=test&version=" + version, content)
        .expect(201)
        .json()
        .get("id")
        .asString();
  }

  private static JsonNode device(TestService service, String id) {
    return service.admin().get("/v1/devices/" + id).expect(200).json();
  }

  private static JsonNode update(TestService service, String id) {
    return service.admin().get("/v1/updates/" + id).expect(200).json();
  }

  private static String begin(TestService service, String device, String firmware, String way) {
    return service
        .admin()
        .post("/v1/updates", Map.of("device", device, "firmware", firmware, "delivery", way))
        .expect(202)
        .json()
        .get("id")
        .asString();
  }

  private static void awaitFacts(TestService service, List<String> ids) throws Exception {
    for (String id : ids) {
      await("facts", () -> device(service, id).at("/device/factsDigest").isString());
    }
  }

  /// The first service is closed in the middle, on purpose.
  @Test
  @SuppressWarnings("try")
  void aServiceThatStopsInTheMiddleGoesOnWithoutARegistrationAndWithoutASecondUpdate()
      throws Exception {
    int port = freePort();
    List<String> updates = new ArrayList<>();
    List<String> devices;
    try (TestService service = start(port)) {
      devices = enter(service, "restart-", DEVICES);
      Fleet fleet =
          Fleet.start(
              FleetSettings.of(URI.create("coap://localhost:" + port), DEVICES)
                  .withPrefix("restart-")
                  .withLifetime(Duration.ofMinutes(5), Duration.ofSeconds(3)));
      try {
        awaitFacts(service, devices);
        String firmware = firmware(service, 60_000);
        for (int i = 0; i < DEVICES; i++) {
          updates.add(begin(service, devices.get(i), firmware, i % 2 == 0 ? "PUSH" : "PULL"));
        }
        service
            .admin()
            .post("/v1/updates", Map.of("device", devices.getFirst(), "firmware", firmware))
            .expectProblem(409, 8303);
        await(
            "bytes",
            () -> update(service, updates.getFirst()).at("/update/bytesMoved").asLong() > 0);
        service.close();
        try (TestService again = start(port)) {
          for (String update : updates) {
            await(
                "update " + again.admin().get("/v1/updates/" + update).text(),
                () -> update(again, update).at("/update/outcome").isString());
            assertThat(update(again, update).at("/update/outcome").asString())
                .as(update(again, update).toString())
                .isEqualTo("SUCCEEDED");
          }
          for (int i = 0; i < DEVICES; i++) {
            assertThat(fleet.device(i).view().installations()).isEqualTo(1);
          }
          await(
              "firmware read again",
              () ->
                  devices.stream()
                      .allMatch(
                          id ->
                              !device(again, id)
                                  .at("/device/firmwareVersion")
                                  .asString("")
                                  .isEmpty()));
        }
      } finally {
        fleet.close();
      }
    }
  }

  @Test
  void aDeviceBelongsToTheProcessThatItLastSpokeTo() throws Exception {
    int port = freePort();
    int otherPort = freePort();
    try (TestService one = start(port);
        TestService other = start(otherPort)) {
      String id = enter(one, "two-", 1).getFirst();
      Fleet fleet =
          Fleet.start(
              FleetSettings.of(URI.create("coap://localhost:" + port), 1).withPrefix("two-"));
      try {
        awaitFacts(one, List.of(id));
        assertAnswers(one, id);
        assertAnswers(other, id);
      } finally {
        fleet.close();
      }
      Fleet moved =
          Fleet.start(
              FleetSettings.of(URI.create("coap://localhost:" + otherPort), 1).withPrefix("two-"));
      try {
        await("moved", () -> device(other, id).at("/said/registrations").asLong() == 2);
        assertAnswers(one, id);
        assertAnswers(other, id);
      } finally {
        moved.close();
      }
    }
  }

  private static void assertAnswers(TestService service, String device) {
    JsonNode answer =
        service
            .admin()
            .post(
                "/v1/devices/" + device + "/requests?wait=30",
                Map.of("kind", "read", "path", "/3/0/0"))
            .expect(200)
            .json();
    assertThat(answer.at("/answer/outcome").asString()).as(answer.toString()).isEqualTo("DONE");
  }
}
