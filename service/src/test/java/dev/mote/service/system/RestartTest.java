package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.FleetSettings;
import dev.mote.fleet.PskKeys;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import java.net.URI;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A service that is stopped and started, as for a new version of it.
class RestartTest {

  private static final int DEVICES = 5;

  @Test
  @SuppressWarnings("try")
  void itCostsNoDeviceAHandshakeNorARegistration() throws InterruptedException {
    String database = Databases.freshUrl();
    String door = "127.0.0.1:" + Site.freePort();
    PskKeys keys = new PskKeys("identity-%d"::formatted, RestartTest::key);
    FleetSettings settings =
        FleetSettings.of(URI.create("coaps://" + door), DEVICES, keys).withPrefix("restart-");
    Map<String, String> ids = new HashMap<>();
    try (TestService service = start(database, door)) {
      for (int i = 0; i < DEVICES; i++) {
        Map<String, String> credential =
            Map.of(
                "kind", "psk",
                "identity", keys.identity().apply(i),
                "key", HexFormat.of().formatHex(key(i)));
        String id =
            service
                .admin()
                .post(
                    "/v1/devices",
                    Map.of("endpoint", settings.endpoint(i), "credential", credential))
                .expect(201)
                .json()
                .get("id")
                .asString();
        ids.put(settings.endpoint(i), id);
      }
      try (Fleet fleet = Fleet.start(settings, Clock.systemUTC())) {
        Site.await(
            () -> "the devices to register", () -> fleet.tally().of(Event.REGISTERED) == DEVICES);
        Site.await(
            () -> "answers", () -> ids.values().stream().allMatch(id -> answers(service, id)));

        service.close();
        try (TestService again = start(database, door)) {
          // No device says anything now: it is asked by the session that it had.
          assertThat(ids.values()).allMatch(id -> answers(again, id));
          assertThat(fleet.tally().of(Event.REGISTERED)).isEqualTo(DEVICES);
        }
      }
    }
  }

  private static TestService start(String database, String door) {
    return TestService.startOn(
        database,
        "--mote.lwm2m.coap=off",
        "--mote.lwm2m.coaps=" + door,
        "--mote.lwm2m.node=one",
        "--mote.lwm2m.ack-time=200ms");
  }

  private static boolean answers(TestService service, String device) {
    return service
        .admin()
        .post(
            "/v1/devices/" + device + "/requests?wait=20", Map.of("kind", "read", "path", "/3/0/0"))
        .json()
        .has("answer");
  }

  private static byte[] key(int device) {
    byte[] key = new byte[16];
    Arrays.fill(key, (byte) (device + 1));
    return key;
  }
}
