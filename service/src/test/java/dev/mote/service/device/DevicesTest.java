package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.FleetSettings;
import dev.mote.fleet.device.Profile;
import dev.mote.fleet.device.VirtualDevice;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.service.TestService;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Devices over real UDP.
class DevicesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final TestService SERVICE = TestService.start("--mote.lwm2m.awakeTime=1s");

  @AfterAll
  static void stop() {
    SERVICE.close();
  }

  private static URI coap() {
    return uri("coap", SERVICE.bean(Lwm2mServer.class).addresses().getFirst());
  }

  private static URI uri(String scheme, InetSocketAddress address) {
    return URI.create(scheme + "://localhost:" + address.getPort());
  }

  private static String enter(String endpoint, Map<String, Object> credential) {
    return SERVICE
        .admin()
        .post("/v1/devices", Map.of("endpoint", endpoint, "credential", credential))
        .expect(201)
        .json()
        .get("id")
        .asString();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static JsonNode device(String id) {
    return SERVICE.admin().get("/v1/devices/" + id).expect(200).json();
  }

  @Test
  void aDeviceRegistersAndSaysWhatItCanDo() throws Exception {
    String id = enter("m4-00000", Map.of("kind", "none"));
    assertThat(device(id).at("/device/state").asString()).isEqualTo("NEVER_SEEN");
    try (Fleet fleet =
        Fleet.start(
            FleetSettings.of(coap(), 1).withPrefix("m4-").withProfiles(Profile.cortexM4()))) {
      await("facts", () -> device(id).at("/device/factsDigest").isString());
      JsonNode device = device(id);
      assertThat(device.at("/device/state").asString()).isEqualTo("ONLINE");
      assertThat(device.at("/facts/architecture").asString()).isEqualTo("armv7e-m");
      assertThat(device.at("/device/model").asString()).isEqualTo("virtual-m4");
      assertThat(device.at("/said/registrations").asLong()).isEqualTo(1);
      JsonNode read =
          SERVICE
              .admin()
              .post(
                  "/v1/devices/" + id + "/requests?wait=20",
                  Map.of("kind", "read", "path", "/3/0/0"))
              .expect(200)
              .json();
      assertThat(read.at("/answer/values/~13~10~10/0").asString()).isEqualTo("Example");
      assertThat(SERVICE.admin().get("/v1/devices/" + id + "/explanation").expect(200).text())
          .contains("It is registered, and listens.");
      fleet.leave();
    }
    await("offline", () -> device(id).at("/device/state").asString().equals("OFFLINE"));
    assertThat(SERVICE.admin().get("/v1/devices/" + id + "/history").expect(200).text())
        .contains("it registered", "its registration ended", "it is cortex-m4");
  }

  @Test
  void aDeviceThatSleepsIsAskedWhenItWakes() throws Exception {
    String id = enter("sleepy-00000", Map.of("kind", "none"));
    try (Fleet fleet =
        Fleet.start(
            FleetSettings.of(coap(), 1)
                .withPrefix("sleepy-")
                .withLifetime(Duration.ofMinutes(5), Duration.ofMinutes(4))
                .withSleep(Duration.ofSeconds(1)))) {
      await("facts", () -> wakes(fleet) && device(id).at("/device/factsDigest").isString());
      assertThat(device(id).at("/device/state").asString()).isEqualTo("SLEEPING");
      await("asleep", () -> fleet.device(0).view().state() == VirtualDevice.State.ASLEEP);
      Thread.sleep(1000);
      String request =
          SERVICE
              .admin()
              .post(
                  "/v1/devices/" + id + "/requests?wait=1",
                  Map.of("kind", "read", "path", "/3/0/1"))
              .expect(202)
              .json()
              .get("id")
              .asString();
      assertThat(SERVICE.admin().get("/v1/devices/" + id + "/explanation").expect(200).text())
          .contains("queue mode", "1 request waits");
      String path = "/v1/devices/" + id + "/requests/" + request;
      await(
          "answered",
          () ->
              wakes(fleet)
                  && SERVICE
                      .admin()
                      .get(path)
                      .expect(200)
                      .json()
                      .get("state")
                      .asString()
                      .equals("ENDED"));
      assertThat(SERVICE.admin().get(path).text()).contains("virtual-host");
    }
  }

  /// Wakes the device if it sleeps.
  private static boolean wakes(Fleet fleet) {
    if (fleet.device(0).view().state() == VirtualDevice.State.ASLEEP) {
      fleet.device(0).update();
    }
    return true;
  }

  @Test
  void whoIsNotEnteredOrProvesNothingIsRefused() throws Exception {
    enter("needs-00000", Map.of("kind", "psk"));
    for (String prefix : new String[] {"unknown-", "needs-"}) {
      try (Fleet fleet = Fleet.start(FleetSettings.of(coap(), 1).withPrefix(prefix))) {
        assertThat(fleet.await(Duration.ofSeconds(1), f -> f.registered() == 1)).isFalse();
      }
    }
  }

  @Test
  void aDeviceWithAKeyRegistersAsItselfOnly() {
    enter("psk-1", Map.of("kind", "psk", "identity", "psk-one", "key", "07".repeat(16)));
    enter("psk-2", Map.of("kind", "psk"));
    SqlCredentials credentials = SERVICE.bean(SqlCredentials.class);
    assertThat(credentials.byIdentity("psk-one").orElseThrow().key().reveal())
        .isEqualTo(HexFormat.of().parseHex("07".repeat(16)));
    assertThat(credentials.byIdentity("psk-three")).isEmpty();
    assertThat(credentials.byIdentity("psk\u0000")).isEmpty();
    Peer one = new Peer.PreShared("psk-one");
    assertThat(credentials.endpointAllowed(one, "psk-1")).contains("psk-1");
    assertThat(credentials.endpointAllowed(one, "")).contains("psk-1");
    assertThat(credentials.endpointAllowed(one, "psk-2")).isEmpty();
    assertThat(credentials.endpointAllowed(one, "unknown")).isEmpty();
    assertThat(credentials.endpointAllowed(new Peer.Unknown(), "psk-1")).isEmpty();
    assertThat(credentials.endpointAllowed(new Peer.Certified("psk-one"), "psk-1")).isEmpty();
  }

  @Test
  void manyAreEnteredAtOnceAndWrongLinesAreToldOf() {
    StringBuilder lines = new StringBuilder("endpoint,name,kind,tag.site\n");
    for (int i = 0; i < 3000; i++) {
      lines.append(
          "bulk-%05d,\"Bulk, %d\",%s,berlin\n".formatted(i, i, i % 2 == 0 ? "psk" : "none"));
    }
    lines.append("bulk-00001,,none,\n,,none,\nbulk-x,,other,\n\"broken,,,\n");
    String[] answers =
        SERVICE
            .admin()
            .with("Content-Type", "text/csv")
            .post("/v1/device-imports", lines.toString())
            .expect(200)
            .text()
            .split("\n");
    assertThat(answers).hasSize(3005);
    assertThat(answers[3004]).contains("\"entered\":3000", "\"refused\":4");
    List<String> refused = Arrays.stream(answers).filter(a -> a.contains("\"error\"")).toList();
    assertThat(refused)
        .anyMatch(a -> a.contains("\"line\":3002") && a.contains("there is a device of that"))
        .anyMatch(a -> a.contains("\"line\":3003") && a.contains("endpoint must have"))
        .anyMatch(a -> a.contains("\"line\":3004") && a.contains("kind must be psk"))
        .anyMatch(a -> a.contains("\"line\":3005") && a.contains("quotation mark"));
    assertThat(Arrays.stream(answers).filter(a -> a.contains("\"key\":"))).hasSize(1500);
    JsonNode json =
        SERVICE
            .admin()
            .with("Content-Type", "application/x-ndjson")
            .post("/v1/device-imports", "{\"endpoint\":\"nd-1\"}\n{\"endpoint\":1,\"x\":2}\n")
            .expect(200)
            .text()
            .lines()
            .skip(2)
            .findFirst()
            .map(line -> new tools.jackson.databind.json.JsonMapper().readTree(line))
            .orElseThrow();
    assertThat(json.get("entered").asInt()).isEqualTo(1);
    TestService.Client other = SERVICE.tenant("elsewhere");
    other.post("/v1/devices", Map.of("endpoint", "nd-1")).expectProblem(409, 8301);
    assertThat(other.get("/v1/devices").expect(200).json().get("items")).isEmpty();
  }

  @Test
  void aNewCredentialTakesThePlaceOfTheFormerWhenItIsUsed() {
    String id = enter("rotated", Map.of("kind", "psk", "identity", "first"));
    SqlCredentials credentials = SERVICE.bean(SqlCredentials.class);
    assertThat(credentials.endpointAllowed(new Peer.PreShared("first"), "rotated")).isPresent();
    String second =
        SERVICE
            .admin()
            .post("/v1/devices/" + id + "/credentials", Map.of("kind", "psk"))
            .expect(201)
            .json()
            .get("identity")
            .asString();
    assertThat(credentials.endpointAllowed(new Peer.PreShared("first"), "rotated")).isPresent();
    assertThat(credentials.endpointAllowed(new Peer.PreShared(second), "rotated")).isPresent();
    assertThat(credentials.endpointAllowed(new Peer.PreShared("first"), "rotated")).isEmpty();
    assertThat(SERVICE.admin().get("/v1/devices/" + id + "/credentials").text())
        .contains(second)
        .doesNotContain("key", "secret");
    SERVICE.admin().delete("/v1/devices/" + id).expect(204);
    assertThat(credentials.endpointAllowed(new Peer.PreShared(second), "rotated")).isEmpty();
    SERVICE.admin().get("/v1/devices/" + id).expectProblem(404, 8002);
  }
}
