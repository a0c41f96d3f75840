package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.coap.CoapMessage;
import dev.mote.fleet.device.DeviceView;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.device.Timing;
import dev.mote.fleet.line.Network;
import dev.mote.service.TestService;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A whole service and virtual devices with faults, over real UDP.
class FaultsTest {

  private static TestService service;
  private static Site site;
  private static int coap;
  private static String first;
  private static String second;

  @BeforeAll
  static void start() {
    coap = Site.freePort();
    service =
        TestService.start(
            "--mote.lwm2m.coap=127.0.0.1:" + coap,
            // Retransmissions on both sides as quick as this machine's network.
            "--mote.lwm2m.ack-time=200ms");
    site = new Site(service.admin(), coap);
    first = site.version(1);
    second = site.version(2);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void aTenthThatFailsItsSelfTestStopsTheRolloutAndAllGoBack() throws InterruptedException {
    int devices = 40;
    try (Fleet fleet = site.devices(devices, "tenth-", Clock.systemUTC(), s -> s)) {
      site.awaitKnown("tenth-", devices);
      String good = site.rollOut(first, "tenth-", Map.of());
      site.awaitEnd(good, () -> {});
      long running =
          fleet.views().stream()
              .mapToLong(v -> v.running().orElseThrow().sequence())
              .distinct()
              .count();
      assertThat(running).isEqualTo(1);

      // Whatever comes now fails on a tenth of the devices, and what they go back to does not.
      fleet.become(Faults.NONE.withSelfTest(0.1, "2"));
      String bad =
          site.rollOut(
              second,
              "tenth-",
              Map.of(
                  "waves", List.of(Map.of("devices", 30), Map.of("percent", 100)),
                  "errors", Map.of("devices", 0, "then", "ROLL_BACK")));
      site.awaitEnd(bad, () -> {});

      assertThat(site.phase(bad)).as(site.members(bad).toString()).isEqualTo("ROLLED_BACK");
      assertThat(site.count(bad, "notReturned")).as(site.members(bad).toString()).isZero();
      assertThat(site.history(bad)).containsPattern("rolls itself back: [1-9][0-9]* of");
      assertThat(site.members(bad).values())
          .anySatisfy(
              member -> {
                assertThat(member.get("state").asString()).isEqualTo("FAILED");
                assertThat(member.get("failure").asString()).isEqualTo("REJECTED");
              });
      // The second wave never began, and nobody runs the second version any more.
      assertThat(site.count(bad, "skipped")).isGreaterThanOrEqualTo(10);
      assertThat(site.count(bad, "succeeded")).isZero();
      for (DeviceView view : fleet.views()) {
        assertThat(view.running().orElseThrow().sequence()).as(view.endpoint()).isIn(1L, 3L);
      }
      assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
    }
  }

  @Test
  void everyDeviceIsUpdatedOnceWhereAFifthOfAllPacketsGetsLost() throws InterruptedException {
    int devices = 12;
    Network lossy = new Network(0.2, 0.2, 0.05, Duration.ZERO, Duration.ofMillis(20));
    try (Fleet fleet =
        site.devices(
            devices,
            "lossy-",
            Clock.systemUTC(),
            s -> s.withFaults(Faults.NONE.withNetwork(lossy)).withTiming(Timing.HASTY))) {
      site.awaitKnown("lossy-", devices);
      String rollout = site.rollOut(first, "lossy-", Map.of());
      site.awaitEnd(rollout, () -> {});
      assertThat(site.phase(rollout)).as(site.history(rollout)).isEqualTo("SUCCEEDED");
      assertThat(site.count(rollout, "succeeded"))
          .as(site.members(rollout).toString())
          .isEqualTo(devices);
      assertThat(fleet.views()).allMatch(view -> view.running().isPresent());
      assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
    }
  }

  /// A device that does not hear the first questions, however often each is sent.
  private static final class Deaf implements AutoCloseable {

    final ScriptedDevice device;
    final Set<Integer> questions = ConcurrentHashMap.newKeySet();
    private final String endpoint;
    private final String id;

    Deaf(String endpoint, int port, int unheard) {
      this.endpoint = endpoint;
      device = new ScriptedDevice(port);
      device.answers(
          request -> {
            if (request.code() != CoapMessage.GET || !ScriptedDevice.path(request).equals("/3/0")) {
              return ScriptedDevice.answer(request, CoapMessage.code(4, 4));
            }
            questions.add(request.id());
            return questions.size() > unheard
                ? ScriptedDevice.values(request, "[{\"bn\":\"/3/0/\",\"n\":\"0\",\"vs\":\"ACME\"}]")
                : null;
          });
      id =
          service
              .admin()
              .post(
                  "/v1/devices", Map.of("endpoint", endpoint, "credential", Map.of("kind", "none")))
              .expect(201)
              .json()
              .get("id")
              .asString();
    }

    void register() throws InterruptedException {
      device.register(endpoint, "</3/0>");
    }

    boolean isKnown() {
      return service.admin().get("/v1/devices/" + id).json().at("/device/factsDigest").isString();
    }

    String history() {
      return service.admin().get("/v1/devices/" + id + "/history").expect(200).text();
    }

    @Override
    public void close() {
      device.close();
    }
  }

  @Test
  void whatADeviceCanDoIsAskedOnceMoreWhenTheQuestionGotLost() throws InterruptedException {
    try (Deaf once = new Deaf("deaf-once", coap, 1);
        Deaf twice = new Deaf("deaf-twice", coap, 2)) {
      once.register();
      twice.register();
      Site.await(once::history, once::isKnown);
      Site.await(twice::history, () -> twice.history().contains("it did not say what it can do"));
      assertThat(once.questions).hasSize(2);
      assertThat(once.history()).doesNotContain("it did not say");
      assertThat(twice.questions).hasSize(2);
      assertThat(twice.isKnown()).isFalse();

      // Whoever comes anew is asked anew.
      twice.register();
      Site.await(twice::history, twice::isKnown);
      assertThat(twice.questions).hasSize(3);
    }
  }
}
