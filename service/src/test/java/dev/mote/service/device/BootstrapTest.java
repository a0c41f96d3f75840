package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.module.KeyFiles;
import dev.mote.service.TestService;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A device that left the factory with a key for the bootstrap server only.
@Timeout(200)
class BootstrapTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String KEY = "ab".repeat(16);

  @Test
  void itIsGivenAKeyOfItsOwnAndRegistersWithThat(@TempDir Path store) throws Exception {
    assumeTrue(
        LibcoapDevice.isPossible(),
        "libcoap is not installed: scripts/need libcoap, or Debian's libcoap3-dev");
    String door = "127.0.0.1:" + freePort();
    String bootstrap = "127.0.0.1:" + freePort();
    try (TestService service =
        TestService.start(
            "--mote.lwm2m.coaps=" + door,
            "--mote.bootstrap.coaps=" + bootstrap,
            "--mote.bootstrap.server=coaps://" + door)) {
      Map<String, Object> factory =
          Map.of("kind", "psk", "identity", "factory-7", "key", KEY, "bootstrap", true);
      String device =
          "/v1/devices/"
              + service
                  .admin()
                  .post("/v1/devices", Map.of("endpoint", "young", "credential", factory))
                  .expect(201)
                  .json()
                  .get("id")
                  .asString();

      // The key of the factory does not open the server itself.
      assertThat(service.bean(SqlCredentials.class).byIdentity("factory-7")).isEmpty();
      assertThat(service.admin().get(device + "/explanation").expect(200).text())
          .contains("at the bootstrap server");

      try (LibcoapDevice young = young(store, "coaps://" + bootstrap, "--bootstrap")) {
        await(() -> state(service, device).equals("ONLINE"), young::said);
      }
      List<JsonNode> credentials =
          service.admin().get(device + "/credentials").expect(200).json().valueStream().toList();
      assertThat(credentials).hasSize(2);
      assertThat(credentials.getFirst().get("bootstrap").asBoolean()).isTrue();
      assertThat(credentials.getLast().get("identity").asString()).startsWith("young#");
      assertThat(credentials.getLast().has("firstUsed")).isTrue();
      assertThat(service.admin().get(device + "/history").expect(200).text())
          .contains("it bootstraps, and was given the key", "it has bootstrapped: it has its")
          .doesNotContain(", but ");

      // It knows whose modules to take.
      String pem =
          service.admin().get("/v1/signing-keys").expect(200).json().at("/0/pem").asString();
      assertThat(Files.readAllBytes(store.resolve("signing-key")))
          .isEqualTo(KeyFiles.verificationKey(pem, "the tenant's key").encoded().toByteArray());

      // One that has no place for that does without.
      Files.delete(store.resolve("signing-key"));
      Files.createDirectory(store.resolve("signing-key"));
      try (LibcoapDevice young = young(store, "coaps://" + bootstrap, "--bootstrap")) {
        await(
            () ->
                service
                    .admin()
                    .get(device + "/history")
                    .expect(200)
                    .text()
                    .contains("it has its accounts, but it answered 5.00 to the write of /33457/0"),
            young::said);
      }
    }
  }

  private static LibcoapDevice young(Path store, String server, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server",
                server,
                "--endpoint",
                "young",
                "--identity",
                "factory-7",
                "--key",
                KEY));
    arguments.addAll(List.of(more));
    return new LibcoapDevice("openssl", store, arguments.toArray(String[]::new));
  }

  private static String state(TestService service, String device) {
    return service.admin().get(device).expect(200).json().at("/device/state").asString();
  }

  private static int freePort() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void await(BooleanSupplier condition, Supplier<String> otherwise)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(otherwise.get()).isLessThan(end);
      Thread.sleep(100);
    }
  }
}
