package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A device that speaks to another process of the service in the middle of everything, with nothing
/// but an update of its registration.
class TwoProcessesTest {

  private static final String ENDPOINT = "mover-1";

  private static TestService start(String database, int port, String node) {
    return TestService.startOn(
        database, "--mote.lwm2m.coap=127.0.0.1:" + port, "--mote.lwm2m.node=" + node);
  }

  private static CoapMessage answer(CoapMessage request) {
    if (request.code() != CoapMessage.GET) {
      return ScriptedDevice.answer(request, CoapMessage.code(2, 4));
    }
    return switch (ScriptedDevice.path(request)) {
      case "/33458" -> {
        CoapMessage values = ScriptedDevice.values(request, module(1));
        yield ScriptedDevice.observes(request) ? values.option(CoapMessage.OBSERVE, 1) : values;
      }
      case "/5/0", "/5/0/3", "/5/0/5" ->
          ScriptedDevice.values(
              request, "[{\"bn\":\"/5/0/\",\"n\":\"3\",\"v\":0},{\"n\":\"5\",\"v\":0}]");
      default -> ScriptedDevice.answer(request, CoapMessage.code(4, 4));
    };
  }

  private static String module(int inferences) {
    return "[{\"bn\":\"/33458/0/\",\"n\":\"7\",\"v\":%d}]".formatted(inferences);
  }

  @Test
  void observationsRequestsAndUpdatesGoOnAtTheOther() throws Exception {
    String database = Databases.freshUrl();
    int port = Site.freePort();
    int otherPort = Site.freePort();
    try (TestService one = start(database, port, "one");
        TestService other = start(database, otherPort, "other");
        ScriptedDevice device = new ScriptedDevice(port)) {
      TestService.Client user = one.admin();
      Map<String, Object> credential = Map.of("kind", "none");
      String id =
          user.post("/v1/devices", Map.of("endpoint", ENDPOINT, "credential", credential))
              .expect(201)
              .json()
              .get("id")
              .asString();
      device.answers(TwoProcessesTest::answer);
      device.register(ENDPOINT, "</3/0>,</5/0>,</33458/0>");
      byte[] token = device.awaitRequest(ScriptedDevice::observes).token();
      Site.await(
          () -> "facts",
          () -> user.get("/v1/devices/" + id).json().at("/device/factsDigest").isString());
      String firmware =
          user.upload("/v1/firmware?name=moves&version=2", new byte[] {1, 2, 3})
              .expect(201)
              .json()
              .get("id")
              .asString();

      // It hears the first question of its update, and answers nothing any more where it is.
      device.answers(_ -> null);
      user.post("/v1/updates", Map.of("device", id, "firmware", firmware, "delivery", "PULL"))
          .expect(202);
      device.awaitRequest(request -> ScriptedDevice.path(request).equals("/5/0/3"));
      device.answers(TwoProcessesTest::answer);
      device.server(otherPort);
      assertThat(device.update()).isEqualTo(CoapMessage.code(2, 4));

      device.awaitRequest(request -> request.code() == CoapMessage.PUT);
      assertThat(device.notifies(token, 2, module(2))).isTrue();
      // Whoever is asked: the one that the device speaks to now brings it there.
      for (TestService service : List.of(one, other)) {
        Map<String, Object> read = Map.of("kind", "read", "path", "/33458");
        assertThat(
                user.at(service)
                    .post("/v1/devices/" + id + "/requests?wait=20", read)
                    .expect(200)
                    .json()
                    .at("/answer/outcome")
                    .asString())
            .isEqualTo("DONE");
      }
    }
  }
}
