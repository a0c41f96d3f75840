package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.service.TestService;
import dev.mote.service.compilation.AddedVersion;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A device on libcoap, whose CoAP, DTLS, blocks and observations are other people's, at the whole
/// service.
@Timeout(300)
class IndependentClientTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final byte[] KEY = new byte[16];
  private static TestService service;

  @TempDir Path store;

  @BeforeAll
  static void start() {
    assumeTrue(
        LibcoapDevice.isPossible(),
        "libcoap is not installed: scripts/need libcoap, or Debian's libcoap3-dev");
    new Random(11).nextBytes(KEY);
    service = TestService.shared();
  }

  private static String enter(String endpoint, boolean isSecure) {
    Map<String, String> credential =
        isSecure
            ? Map.of(
                "kind", "psk", "identity", endpoint + "-id", "key", HexFormat.of().formatHex(KEY))
            : Map.of("kind", "none");
    return service
        .admin()
        .post("/v1/devices", Map.of("endpoint", endpoint, "credential", credential))
        .expect(201)
        .json()
        .get("id")
        .asString();
  }

  private static String uri(boolean isSecure) {
    List<InetSocketAddress> doors = service.bean(Lwm2mServer.class).addresses();
    return "%s://127.0.0.1:%d"
        .formatted(
            isSecure ? "coaps" : "coap", (isSecure ? doors.getLast() : doors.getFirst()).getPort());
  }

  private LibcoapDevice device(
      String endpoint, String library, String version, String format, String... more) {
    boolean isSecure = !library.equals("notls");
    List<String> arguments =
        new ArrayList<>(
            List.of("--server", uri(isSecure), "--endpoint", endpoint, "--version", version));
    arguments.addAll(List.of("--format", format));
    if (isSecure) {
      arguments.addAll(List.of("--identity", endpoint + "-id"));
      arguments.addAll(List.of("--key", HexFormat.of().formatHex(KEY)));
    }
    arguments.addAll(List.of(more));
    return new LibcoapDevice(library, store, arguments.toArray(String[]::new));
  }

  /// A port that a device can keep when it starts anew.
  private static String freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }

  private static byte[] firmware(String head, int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    byte[] text = head.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, content, 0, text.length);
    return content;
  }

  private static String upload(String name, String version, byte[] content) {
    return service
        .admin()
        .upload("/v1/firmware?name=" + name + "&version=" + version, content)
        .expect(201)
        .json()
        .get("id")
        .asString();
  }

  private static JsonNode details(String id) {
    return service.admin().get("/v1/devices/" + id).expect(200).json();
  }

  private static void await(LibcoapDevice device, String id, String what, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "no "
                + what
                + "; device: "
                + device.said()
                + "; service: "
                + details(id)
                + service.admin().get("/v1/devices/" + id + "/explanation").text()
                + service.admin().get("/v1/devices/" + id + "/history").text());
      }
      Thread.sleep(50);
    }
  }

  private static JsonNode update(LibcoapDevice device, String id, String firmware, String delivery)
      throws InterruptedException {
    String update =
        service
            .admin()
            .post(
                "/v1/updates",
                Map.of("device", id, "firmware", firmware, "delivery", delivery, "attempts", 1))
            .expect(202)
            .json()
            .get("id")
            .asString();
    await(
        device,
        id,
        "end of the update",
        () -> service.admin().get("/v1/updates/" + update).json().at("/update/outcome").isString());
    return service.admin().get("/v1/updates/" + update).expect(200).json();
  }

  @ParameterizedTest
  @CsvSource({
    "openssl, 1.1, tlv,  PUSH",
    "gnutls,  1.0, tlv,  PULL",
    "openssl, 1.1, cbor, PULL",
    "notls,   1.0, tlv,  PUSH",
    "notls,   1.1, json, PULL"
  })
  void aFirmwareArrivesWhole(String library, String version, String format, String delivery)
      throws Exception {
    String name = library + version + format;
    String id = enter(name, !library.equals("notls"));
    byte[] content = firmware("2.0\n", 40_000);
    String firmware = upload(name, "2.0", content);
    try (LibcoapDevice device = device(name, library, version, format)) {
      await(device, id, "facts", () -> details(id).at("/device/factsDigest").isString());
      assertThat(details(id).at("/device/manufacturer").asString()).isEqualTo("libcoap");
      assertThat(details(id).at("/device/firmwareVersion").asString()).isEqualTo("1.0");
      JsonNode end = update(device, id, firmware, delivery);
      assertThat(end.at("/update/outcome").asString())
          .as(end + device.said())
          .isEqualTo("SUCCEEDED");
      assertThat(device.received()).isEqualTo(content);
      await(
          device,
          id,
          "new firmware",
          () -> details(id).at("/device/firmwareVersion").asString().equals("2.0"));
      assertThat(details(id).at("/said/registrations").asLong()).isEqualTo(2);
      assertThat(device.stop()).as(device.said()).isZero();
      await(device, id, "end", () -> details(id).at("/device/state").asString().equals("OFFLINE"));
    }
  }

  @Test
  void aDeviceIsWatchedLosesItsPowerAndRefusesWhatIsBroken() throws Exception {
    String id = enter("watched", true);
    byte[] broken = firmware("broken", 3_000);
    String firmware = upload("watched", "3.0", broken);
    try (LibcoapDevice device = device("watched", "openssl", "1.1", "cbor", "--port", freePort())) {
      String telemetry = "/v1/devices/" + id + "/telemetry?path=/3303/0/5700";
      await(
          device,
          id,
          "measurements",
          () ->
              service.admin().get(telemetry).json().at("/series/0/points").size() > 0
                  && service.admin().get(telemetry).json().at("/latest/0").isObject());
      // It knows nothing of its connection any more, and opens another from the same address.
      device.cutPower();
      await(
          device,
          id,
          "second registration",
          () -> details(id).at("/said/registrations").asLong() == 2);
      JsonNode read =
          service
              .admin()
              .post(
                  "/v1/devices/" + id + "/requests?wait=30", Map.of("kind", "read", "path", "/5/0"))
              .expect(200)
              .json();
      assertThat(read.at("/answer/values").toString()).contains("/5/0/3").contains("/5/0/9");
      JsonNode end = update(device, id, firmware, "PUSH");
      assertThat(end.at("/update/outcome").asString()).isEqualTo("FAILED");
      assertThat(end.at("/update/failure").asString()).isEqualTo("INTEGRITY");
      assertThat(end.at("/update/words").asString())
          .isEqualTo("the package did not pass its check");
    }
  }

  @Test
  void aDeviceWithoutMotesObjectsIsToldWhyItGetsNoModule() throws Exception {
    String id = enter("plain", false);
    UUID tenant = UUID.fromString(service.admin().get("/v1/me").json().get("tenant").asString());
    UUID version =
        AddedVersion.of(
            service,
            tenant,
            "plain",
            Files.readAllBytes(
                Path.of(System.getProperty("mote.root", ".."))
                    .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite")));
    // One that reads and observes its resources one by one only, as small clients do.
    try (LibcoapDevice device = device("plain", "notls", "1.1", "tlv", "--single")) {
      await(device, id, "facts", () -> details(id).at("/device/factsDigest").isString());
      assertThat(details(id).at("/device/manufacturer").asString()).isEqualTo("libcoap");
      String telemetry = "/v1/devices/" + id + "/telemetry?path=/3303/0/5700";
      await(
          device,
          id,
          "measurements",
          () -> service.admin().get(telemetry).json().at("/latest/0").isObject());
      assertThat(
              service
                  .admin()
                  .post(
                      "/v1/compilations/plan",
                      Map.of("version", version, "devices", "endpoint==plain"))
                  .expect(200)
                  .text())
          .contains(
              "the device tells neither target nor core nor architecture",
              "Nothing fits this device.");
    }
  }
}
