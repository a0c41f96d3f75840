package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.coap.CoapMessage;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;

/// Values are told again and again, whatever became of the observation meanwhile.
@ResourceLock(MovableClock.LOCK)
class ObservingTest {

  private static final String ENDPOINT = "watched-1";
  private static final String LINKS = "</1/0>,</3/0>,</33458/0>";
  private static final String DATABASE = Databases.freshUrl();
  private static final int PORT = Site.freePort();

  private static TestService service = start();

  private final AtomicInteger inferences = new AtomicInteger(1);
  private String id = "";

  private static TestService start() {
    return TestService.startWith(
        List.of(MovableClock.Beans.class),
        DATABASE,
        "--mote.lwm2m.coap=127.0.0.1:" + PORT,
        "--mote.lwm2m.node=watcher",
        "--mote.access.session=365d");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static String module(int inferences) {
    return "[{\"bn\":\"/33458/0/\",\"n\":\"4\",\"v\":4},{\"n\":\"7\",\"v\":%d}]"
        .formatted(inferences);
  }

  private CoapMessage answer(CoapMessage request) {
    return request.code() == CoapMessage.GET && ScriptedDevice.path(request).equals("/33458")
        ? observed(request, ScriptedDevice.values(request, module(inferences.get())))
        : ScriptedDevice.answer(request, CoapMessage.code(4, 4));
  }

  private static CoapMessage observed(CoapMessage request, CoapMessage answer) {
    return ScriptedDevice.observes(request) ? answer.option(CoapMessage.OBSERVE, 1) : answer;
  }

  private static byte[] awaitObservation(ScriptedDevice device) throws InterruptedException {
    return device.awaitRequest(ScriptedDevice::observes).token();
  }

  /// The last value that the service knows.
  private void awaitTold(int value) throws InterruptedException {
    Site.await(() -> "%d to be told, not %s".formatted(value, told()), () -> told() == value);
  }

  private int told() {
    int last = -1;
    for (JsonNode latest :
        service.admin().get("/v1/devices/" + id + "/telemetry").expect(200).json().get("latest")) {
      if (latest.get("path").asString().equals("/33458/0/7")) {
        last = latest.get("value").asInt();
      }
    }
    return last;
  }

  /// Asks the device for something, which comes after all that it is asked already.
  private void awaitIdle() {
    service
        .admin()
        .post("/v1/devices/" + id + "/requests?wait=20", Map.of("kind", "read", "path", "/3/0/9"))
        .expect(200);
  }

  @Test
  void aDeviceTellsItsValuesAgainAfterWhateverHappened() throws Exception {
    id =
        service
            .admin()
            .post("/v1/devices", Map.of("endpoint", ENDPOINT, "credential", Map.of("kind", "none")))
            .expect(201)
            .json()
            .get("id")
            .asString();
    try (ScriptedDevice device = new ScriptedDevice(PORT)) {
      device.answers(this::answer);
      device.register(ENDPOINT, LINKS);
      byte[] first = awaitObservation(device);
      // What was true when it was asked, although nothing changes afterwards.
      awaitTold(1);
      assertThat(device.notifies(first, 2, module(2))).isTrue();
      awaitTold(2);

      // It starts again, and has forgotten what it was asked.
      inferences.set(3);
      device.register(ENDPOINT, LINKS);
      byte[] second = awaitObservation(device);
      awaitTold(3);
      assertThat(device.notifies(first, 4, module(4))).isFalse();
      assertThat(device.notifies(second, 2, module(5))).isTrue();
      awaitTold(5);

      askedAgainAfterAnError(device);
      byte[] token = askedAgainAfterSilence(device);
      keptOverARestartOfTheService(device, token);
    }
  }

  private void askedAgainAfterAnError(ScriptedDevice device) throws InterruptedException {
    device.answers(
        request ->
            ScriptedDevice.answer(
                request, CoapMessage.code(ScriptedDevice.observes(request) ? 5 : 4, 3)));
    device.register(ENDPOINT, LINKS);
    awaitObservation(device);
    awaitIdle();
    inferences.set(6);
    device.answers(this::answer);
    assertThat(device.update()).isEqualTo(CoapMessage.code(2, 4));
    awaitObservation(device);
    awaitTold(6);
  }

  private byte[] askedAgainAfterSilence(ScriptedDevice device) throws InterruptedException {
    device.requests();
    MovableClock.SHARED.forward(Duration.ofMinutes(30));
    device.update();
    awaitIdle();
    assertThat(device.requests()).noneMatch(ScriptedDevice::observes);
    MovableClock.SHARED.forward(Duration.ofMinutes(40));
    inferences.set(7);
    device.update();
    byte[] token = awaitObservation(device);
    awaitTold(7);
    return token;
  }

  private void keptOverARestartOfTheService(ScriptedDevice device, byte[] token)
      throws InterruptedException {
    awaitIdle();
    service.close();
    service = start();
    device.requests();
    assertThat(device.notifies(token, 2, module(8))).isTrue();
    awaitTold(8);
    device.update();
    awaitIdle();
    assertThat(device.requests()).noneMatch(ScriptedDevice::observes);

    // Nobody was there for so long that it gave up.
    service.close();
    MovableClock.SHARED.forward(Duration.ofMinutes(3));
    service = start();
    inferences.set(9);
    device.update();
    awaitObservation(device);
    awaitTold(9);
  }
}
