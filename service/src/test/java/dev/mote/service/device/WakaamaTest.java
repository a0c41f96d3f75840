package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.service.TestService;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Eclipse Wakaama's own client at the whole service.
@Timeout(300)
class WakaamaTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /// A number of Wakaama's object for tests, of which the service knows no definition: its bytes.
  private static final String NUMBER = "/31024/10/1";

  @TempDir private static Path folder;

  private static final byte[] KEY = new byte[16];
  private static TestService service;
  private static Path plain;
  private static Path secure;
  private static String bootstrap;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> sources = WakaamaDevice.sources();
    assumeTrue(sources.isPresent(), "Wakaama is not there: scripts/sources wakaama says why");
    plain = WakaamaDevice.compiled(sources.get(), folder, false);
    secure = WakaamaDevice.compiled(sources.get(), folder, true);
    new Random(12).nextBytes(KEY);
    String door = "127.0.0.1:" + freePort();
    bootstrap = "127.0.0.1:" + freePort();
    service =
        TestService.start(
            "--mote.lwm2m.coaps=" + door,
            "--mote.bootstrap.coaps=" + bootstrap,
            "--mote.bootstrap.server=coaps://" + door,
            "--mote.device.observed=3",
            "--mote.telemetry.write=20ms");
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
  }

  private static int freePort() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String enter(String endpoint, Map<String, Object> credential) {
    return service
        .admin()
        .post("/v1/devices", Map.of("endpoint", endpoint, "credential", credential))
        .expect(201)
        .json()
        .get("id")
        .asString();
  }

  private static WakaamaDevice device(
      String endpoint, boolean isSecure, InetSocketAddress server, String... more)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-n", endpoint, "-h", "127.0.0.1"));
    arguments.addAll(List.of("-p", Integer.toString(server.getPort())));
    arguments.addAll(List.of("-l", Integer.toString(freePort())));
    if (isSecure) {
      arguments.addAll(List.of("-i", endpoint + "-id", "-s", HexFormat.of().formatHex(KEY)));
    }
    arguments.addAll(List.of(more));
    return new WakaamaDevice(
        isSecure ? secure : plain,
        Files.createTempFile(folder, endpoint, ".txt"),
        arguments.toArray(String[]::new));
  }

  private static JsonNode details(String id) {
    return service.admin().get("/v1/devices/" + id).expect(200).json();
  }

  private static void await(WakaamaDevice device, String id, String what, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "no %s; device: %s; service: %s%s"
                .formatted(
                    what,
                    device.said(),
                    details(id),
                    service.admin().get("/v1/devices/" + id + "/history").text()));
      }
      Thread.sleep(50);
    }
  }

  private static JsonNode ask(String id, Map<String, Object> request) {
    JsonNode asked =
        service.admin().post("/v1/devices/" + id + "/requests?wait=30", request).expect(200).json();
    return asked.get("answer");
  }

  private static double updated() {
    return service
        .bean(MeterRegistry.class)
        .get("mote.devices.messages")
        .tag("kind", "updated")
        .counter()
        .count();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itIsReadWrittenWatchedAndSaysGoodbye(boolean isSecure) throws Exception {
    String endpoint = isSecure ? "wakaama-psk" : "wakaama-open";
    Map<String, Object> credential =
        isSecure
            ? Map.of(
                "kind", "psk", "identity", endpoint + "-id", "key", HexFormat.of().formatHex(KEY))
            : Map.of("kind", "none");
    String id = enter(endpoint, credential);
    List<InetSocketAddress> doors = service.bean(Lwm2mServer.class).addresses();
    try (WakaamaDevice device =
        device(endpoint, isSecure, isSecure ? doors.getLast() : doors.getFirst(), "-t", "60")) {
      await(device, id, "facts", () -> details(id).at("/device/factsDigest").isString());
      assertThat(details(id).at("/device/manufacturer").asString())
          .isEqualTo("Open Mobile Alliance");
      assertThat(details(id).at("/device/model").asString()).isEqualTo("Lightweight M2M Client");
      assertThat(details(id).at("/device/firmwareVersion").asString()).isEqualTo("1.0");

      assertThat(ask(id, Map.of("kind", "read", "path", "/3/0")).toString())
          .contains("345000123", "Open Mobile Alliance");
      assertThat(
              ask(id, Map.of("kind", "write", "path", NUMBER, "value", 41)).get("code").asString())
          .isEqualTo("2.04");
      assertThat(ask(id, Map.of("kind", "read", "path", NUMBER)).toString())
          .contains(Base64.getEncoder().encodeToString(new byte[] {41}));
      assertThat(ask(id, Map.of("kind", "execute", "path", "/31024/10/2")).get("code").asString())
          .isEqualTo("2.04");
      assertThat(ask(id, Map.of("kind", "discover", "path", "/3")).toString())
          .contains("/3/0/1", "/3/0/13");
      assertThat(ask(id, Map.of("kind", "read", "path", "/4711/0")).get("code").asString())
          .isEqualTo("4.04");

      String telemetry = "/v1/devices/" + id + "/telemetry?path=/3/0/9";
      device.type("change /3/0/9 77");
      await(
          device,
          id,
          "a notification",
          () -> service.admin().get(telemetry).text().contains("\"high\":77"));

      double updated = updated();
      device.type("update 123");
      await(device, id, "an update", () -> updated() > updated);
      assertThat(details(id).at("/said/registrations").asLong()).isEqualTo(1);
      device.type("quit");
      await(
          device,
          id,
          "a goodbye",
          () -> details(id).at("/device/state").asString().equals("OFFLINE"));
      assertThat(device.ends()).as(device.said()).isTrue();
    }
  }

  /// Its library puts no more than 4,096 bytes together.
  @Test
  void aFirmwareThatIsTooLargeIsRefused() throws Exception {
    String endpoint = "wakaama-large";
    String id = enter(endpoint, Map.of("kind", "none"));
    String firmware =
        service
            .admin()
            .upload("/v1/firmware?name=" + endpoint + "&version=2", new byte[5_000])
            .expect(201)
            .json()
            .get("id")
            .asString();
    try (WakaamaDevice device =
        device(endpoint, false, service.bean(Lwm2mServer.class).addresses().getFirst())) {
      await(device, id, "facts", () -> details(id).at("/device/factsDigest").isString());
      String update =
          service
              .admin()
              .post(
                  "/v1/updates",
                  Map.of("device", id, "firmware", firmware, "delivery", "PUSH", "attempts", 1))
              .expect(202)
              .json()
              .get("id")
              .asString();
      await(
          device,
          id,
          "end of the update",
          () ->
              service.admin().get("/v1/updates/" + update).json().at("/update/outcome").isString());
      assertThat(service.admin().get("/v1/updates/" + update).json().at("/update").toString())
          .contains("\"outcome\":\"FAILED\"", "\"failure\":\"STORAGE\"");
    }
  }

  @Test
  void itIsGivenItsAccountByTheBootstrapServer() throws Exception {
    String id =
        enter(
            "wakaama-young",
            Map.of(
                "kind",
                "psk",
                "identity",
                "wakaama-young-id",
                "key",
                HexFormat.of().formatHex(KEY),
                "bootstrap",
                true));
    InetSocketAddress server =
        new InetSocketAddress("127.0.0.1", Integer.parseInt(bootstrap.split(":", 2)[1]));
    try (WakaamaDevice device = device("wakaama-young", true, server, "-b")) {
      await(
          device,
          id,
          "registration",
          () -> details(id).at("/device/state").asString().equals("ONLINE"));
      assertThat(service.admin().get("/v1/devices/" + id + "/history").expect(200).text())
          .contains("it has bootstrapped: it has its accounts");
    }
  }
}
