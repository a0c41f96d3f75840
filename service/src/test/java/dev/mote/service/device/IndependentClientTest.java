package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.service.TestService;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A device on libcoap, whose CoAP, DTLS, blocks and observations are other people's, at the whole
/// service.
@Timeout(120)
class IndependentClientTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final byte[] KEY = new byte[16];
  private static TestService service;

  @TempDir Path store;

  @BeforeAll
  static void start() {
    assumeTrue(
        LibcoapDevice.isPossible(),
        "libcoap is not installed: scripts/need libcoap, or Debian's libcoap3-dev");
    new Random(11).nextBytes(KEY);
    service = TestService.start("--mote.lwm2m.coaps=localhost:0", "--mote.device.observed=3303");
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
  }

  private static String enter(String endpoint, boolean isSecure) {
    Map<String, String> credential =
        isSecure
            ? Map.of("kind", "psk", "identity", endpoint + "-id", "key", HexFormat.of().formatHex(KEY))
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
    return "%s://127.0.0.1:%d".formatted(
        isSecure ? "coaps" : "coap", (isSecure ? doors.getLast() : doors.getFirst()).getPort());
  }

  private LibcoapDevice device(String endpoint, String library, String version, String format) {
    boolean isSecure = !library.equals("notls");
    return isSecure
        ? new LibcoapDevice(
            library, store, "--server", uri(true), "--endpoint", endpoint, "--version", version, "--format", format,
            "--identity", endpoint + "-id", "--key", HexFormat.of().formatHex(KEY))
        : new LibcoapDevice(
            library, store, "--server", uri(false), "--endpoint", endpoint, "--version", version, "--format", format);
  }

  private static byte[] firmware(String head, int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    byte[] text = head.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
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
            "no " + what + "; device: " + device.said() + "; service: " + details(id)
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
      assertThat(details(id).at("/device/manufacturer").asString())
          .isEqualTo("libcoap");
      assertThat(details(id).at("/device/firmwareVersion").asString())
          .isEqualTo("1.0");
      JsonNode end = update(device, id, firmware, delivery);
      assertThat(end.at("/update/outcome").asString()).as(end + device.said()).isEqualTo("SUCCEEDED");
      assertThat(device.received()).isEqualTo(content);
      await(
          device,
          id,
          "new firmware",
          () -> details(id).at("/device/firmwareVersion").asString().equals("2.0"));
      assertThat(details(id).at("/said/registrations").asLong()).isEqualTo(2);
      assertThat(device.stop()).as(device.said()).isZero();
      await(
          device, id, "end", () -> details(id).at("/device/state").asString().equals("OFFLINE"));
    }
  }
}
