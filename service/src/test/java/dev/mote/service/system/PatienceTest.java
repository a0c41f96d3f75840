package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.device.Behaviour;
import dev.mote.fleet.device.DeviceView;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.device.VirtualDevice.State;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;

/// What a whole service does about devices that take their time, by a clock that is set forward.
@ResourceLock(MovableClock.LOCK)
class PatienceTest {

  private static TestService service;
  private static Site site;
  private static String first;

  @BeforeAll
  static void start() {
    int coap = Site.freePort();
    service =
        TestService.startWith(
            List.of(MovableClock.Beans.class),
            Databases.freshUrl(),
            "--mote.lwm2m.coap=127.0.0.1:" + coap,
            // The clock goes on by days here.
            "--mote.access.session=365d");
    site = new Site(service.admin(), coap);
    first = site.version(1);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void devicesThatLoseTheirPowerInDownloadsAreUpdatedOnce() throws InterruptedException {
    int devices = 12;
    try (Fleet fleet =
        site.devices(
            devices,
            "power-",
            Clock.systemUTC(),
            s -> s.withFaults(Faults.NONE.withPowerCut(0.7)))) {
      site.awaitKnown("power-", devices);
      String rollout = site.rollOut(first, "power-", Map.of());
      Site.await(() -> "power cuts", () -> fleet.tally().of(Event.POWER_CUT) > 0);
      site.awaitEnd(rollout, () -> MovableClock.SHARED.forward(Duration.ofSeconds(5)));
      assertThat(site.phase(rollout)).as(site.history(rollout)).isEqualTo("SUCCEEDED");
      assertThat(site.count(rollout, "succeeded")).isEqualTo(devices);
      assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
    }
  }

  @Test
  void badDevicesFailInWordsAndDoNotHoldTheOthersUp() throws InterruptedException {
    int devices = 24;
    Faults faults =
        Faults.NONE
            .with(Behaviour.LIES_ABOUT_MEMORY, 0.12)
            .with(Behaviour.LIES_ABOUT_VERSION, 0.12)
            .with(Behaviour.STALLS, 0.12)
            .with(Behaviour.FAILS_LATER, 0.12)
            .with(Behaviour.SENDS_GARBAGE, 0.12)
            .with(Behaviour.RESTARTS, 0.05);
    try (Fleet fleet =
        site.devices(devices, "bad-", Clock.systemUTC(), s -> s.withFaults(faults).withSeed(7))) {
      List<DeviceView> views = fleet.views();
      // Who lies about its memory has a module of its own, which fits by its word.
      long honest =
          views.stream()
              .filter(
                  v ->
                      v.behaviour() == Behaviour.HONEST
                          || v.behaviour() == Behaviour.LIES_ABOUT_MEMORY)
              .count();
      assertThat(views.stream().map(DeviceView::behaviour).distinct().count())
          .isGreaterThanOrEqualTo(5);
      site.awaitKnown("bad-", (int) honest);
      String rollout =
          site.rollOut(
              first,
              "bad-",
              Map.of(
                  "errors", Map.of("devices", devices),
                  "waves", List.of(Map.of("enoughPercent", 0, "deadline", "PT1H")),
                  "stragglers", "PT30M"));
      Site.await(
          () -> "the honest ones: " + site.members(rollout),
          () -> site.count(rollout, "succeeded") >= honest);
      site.awaitEnd(rollout, () -> MovableClock.SHARED.forward(Duration.ofMinutes(2)));
      Map<String, JsonNode> members = site.members(rollout);
      for (DeviceView view : views) {
        JsonNode member = members.get(view.endpoint());
        if (member == null) {
          assertThat(view.behaviour()).isIn(Behaviour.SENDS_GARBAGE, Behaviour.RESTARTS);
          continue;
        }
        String state = member.get("state").asString();
        switch (view.behaviour()) {
          case HONEST, LIES_ABOUT_MEMORY ->
              assertThat(state).as(view.endpoint() + member).isEqualTo("SUCCEEDED");
          case STALLS, FAILS_LATER, LIES_ABOUT_VERSION -> {
            assertThat(state).as(view.endpoint() + member).isIn("FAILED", "SKIPPED");
            assertThat(member.get("reason").asString()).as(view.behaviour().name()).isNotBlank();
          }
          case SENDS_GARBAGE, RESTARTS, SILENT ->
              assertThat(state).as(view.endpoint() + member).isIn("SUCCEEDED", "FAILED", "SKIPPED");
        }
      }
      assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
    }
  }

  @Test
  void devicesThatSleepForHoursAreUpdatedAsTheyWakeUp() throws InterruptedException {
    int devices = 6;
    try (Fleet fleet =
        site.devices(
            devices,
            "sleepy-",
            MovableClock.SHARED,
            s ->
                s.withLifetime(Duration.ofHours(8), Duration.ofHours(6))
                    .withSleep(Duration.ofSeconds(2)))) {
      site.awaitKnown("sleepy-", devices);
      Site.await(() -> "all to sleep", () -> sleeps(fleet));
      // Longer than a device in queue mode listens. Who sleeps holds no place of those awake.
      MovableClock.SHARED.forward(Duration.ofMinutes(3));
      String rollout = site.rollOut(first, "sleepy-", Map.of("atOnce", 2));
      // Their module is built and waits for them; nobody wakes them up.
      Site.await(() -> "updates to begin", () -> site.count(rollout, "running") == devices);
      assertThat(site.count(rollout, "succeeded")).isZero();
      site.awaitEnd(
          rollout,
          () -> {
            // While one is awake, time is what it is.
            if (sleeps(fleet)) {
              MovableClock.SHARED.forward(Duration.ofMinutes(30));
            }
          });
      assertThat(site.phase(rollout)).as(site.history(rollout)).isEqualTo("SUCCEEDED");
      assertThat(site.count(rollout, "succeeded")).isEqualTo(devices);
      assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
    }
  }

  private static boolean sleeps(Fleet fleet) {
    return fleet.views().stream().allMatch(view -> view.state() == State.ASLEEP);
  }
}
