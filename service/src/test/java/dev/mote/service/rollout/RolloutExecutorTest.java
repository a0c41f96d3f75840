package dev.mote.service.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.update.FailureClass;
import dev.mote.service.device.DeviceChanged;
import dev.mote.service.device.UpdateEnded.Outcome;
import dev.mote.service.rollout.RolloutBench.Running;
import dev.mote.service.rollout.machine.Action;
import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.Phase;
import dev.mote.service.telemetry.Reports;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RolloutExecutorTest {

  private final RolloutBench bench = new RolloutBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void everyDeviceIsUpdatedOnceWaveByWave() {
    bench.devices(120);
    UUID id =
        bench.start(
            Map.of(
                "waves",
                List.of(Map.of("name", "canary", "devices", 5), Map.of("percent", 50)),
                "growth",
                1,
                "atOnce",
                20));
    bench.settle();
    assertThat(bench.running()).hasSize(5);
    Set<UUID> updated = new HashSet<>();
    while (bench.rollout(id).state().phase() == Phase.RUNNING) {
      assertThat(bench.running()).isNotEmpty().hasSizeLessThanOrEqualTo(20);
      for (Running one : bench.running()) {
        assertThat(updated.add(one.device())).isTrue();
        bench.succeed(one);
      }
      bench.settle();
      assertThat(bench.tally(id)).isEqualTo(bench.counted(id));
    }
    assertThat(updated).hasSize(120);
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(bench.notes(id))
        .containsSubsequence(
            "started by anna",
            "120 devices in 3 waves",
            "wave 'canary' begins: 1 of 3, 5 devices",
            "wave 2 begins: 2 of 3, 60 devices",
            "wave 3 begins: 3 of 3, 55 devices",
            "120 devices updated, 0 failed, 0 left out");
    assertThat(new HashSet<>(bench.modulesSent.values()))
        .as("one module for equal facts")
        .hasSize(2);
  }

  @Test
  void aTenthThatFailsTheSelfTestStopsItAndBringsTheOthersBack() {
    bench.devices(200);
    UUID id =
        bench.start(
            Map.of(
                "atOnce",
                10,
                "errors",
                Map.of("percent", 5, "minimumSample", 20, "then", "ROLL_BACK")));
    Random random = new Random(7);
    int refused = 0;
    bench.settle();
    while (bench.rollout(id).state().phase() == Phase.RUNNING) {
      for (Running one : bench.running()) {
        if (random.nextInt(10) == 0) {
          refused++;
          bench.end(
              one, Outcome.FAILED, Optional.of(FailureClass.REJECTED), "its self-test failed");
        } else {
          bench.succeed(one);
        }
      }
      bench.settle();
    }
    int updated = bench.tally(id).returning() + bench.tally(id).goingBack();
    assertThat(bench.rollout(id).state().reason())
        .matches(
            "rolls itself back: \\d+ of \\d+ devices \\([0-9.]+ %\\) failed, limit 5 % of at least 20");
    assertThat(refused).isBetween(2, 12);
    while (!bench.rollout(id).state().phase().isOver()) {
      assertThat(bench.running()).hasSizeLessThanOrEqualTo(10).isNotEmpty();
      for (Running one : bench.running()) {
        assertThat(bench.reissued).contains(one.module());
        bench.succeed(one);
      }
      bench.settle();
    }
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(bench.tally(id)).isEqualTo(bench.counted(id));
    assertThat(bench.tally(id).returned()).isEqualTo(updated);
    assertThat(bench.tally(id).failed()).isEqualTo(refused);
    assertThat(withoutFormer(id)).as("what had no module gets none").isTrue();
  }

  private boolean withoutFormer(UUID id) {
    return bench
        .jdbc
        .sql(
            """
            select bool_and(former_identity is not null) from rollout_device
            where rollout = :id and state in ('RETURNED', 'NOT_RETURNED')
            """)
        .param("id", id)
        .query(Boolean.class)
        .single();
  }

  @Test
  void aProcessThatIsKilledForgetsNothingAndRepeatsNothing() {
    bench.devices(80);
    UUID id =
        bench.start(Map.of("atOnce", 5, "waves", List.of(Map.of("devices", 30)), "growth", 2));
    Random random = new Random(3);
    int killed = 0;
    Set<UUID> updated = new HashSet<>();
    while (bench.rollout(id).state().phase() == Phase.RUNNING || updated.isEmpty()) {
      bench.killAfter = bench.begins.get() + 1 + random.nextInt(8);
      try {
        bench.settle();
      } catch (RolloutBench.Killed _) {
        killed++;
        continue;
      }
      for (Running one : bench.running()) {
        if (random.nextBoolean()) {
          assertThat(updated.add(one.device())).as("%s", one).isTrue();
          bench.succeed(one);
        }
      }
    }
    assertThat(killed).isGreaterThan(5);
    assertThat(updated).hasSize(80);
    assertThat(bench.mostUpdatesOfOneDevice()).isEqualTo(1);
    assertThat(bench.tally(id)).isEqualTo(bench.counted(id));
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.SUCCEEDED);
  }

  @Test
  void severalProcessesShareTheWork() throws InterruptedException {
    bench.devices(100);
    UUID id = bench.start(Map.of("atOnce", 30));
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> processes =
        List.of(1, 2, 3).stream()
            .map(
                number ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              Random random = new Random(number);
                              try {
                                while (!bench.rollout(id).state().phase().isOver()) {
                                  bench.executor.runDue();
                                  List<Running> running = bench.running();
                                  if (!running.isEmpty()) {
                                    bench.succeed(running.get(random.nextInt(running.size())));
                                  }
                                }
                              } catch (RuntimeException | Error e) {
                                failure.set(e);
                              }
                            }))
            .toList();
    for (Thread process : processes) {
      process.join(Duration.ofSeconds(60));
    }
    assertThat(failure.get()).isNull();
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(bench.mostUpdatesOfOneDevice()).isEqualTo(1);
    assertThat(bench.begins.get()).isEqualTo(100);
    assertThat(bench.tally(id)).isEqualTo(bench.counted(id));
  }

  @Test
  void whatIsNotThereBlocksNothingAndFollowsWhenItIsHeard() {
    bench.devices(8);
    UUID away = bench.device("dev-away", "m4", true, "OFFLINE");
    UUID gone = bench.device("dev-gone", "m4", true, "NEVER_SEEN");
    UUID id =
        bench.start(Map.of("waves", List.of(Map.of("deadline", "PT2H")), "stragglers", "P3D"));
    bench.settle();
    bench.running().forEach(bench::succeed);
    bench.settle();
    assertThat(bench.tally(id).waiting()).isEqualTo(2);
    bench.now = bench.now.plus(Duration.ofHours(3));
    bench.settle();
    assertThat(bench.notes(id))
        .contains("2 devices of wave 1 did not answer in time and may follow later");
    bench.change(away, "state", "SLEEPING", DeviceChanged.What.STATE);
    bench.settle();
    assertThat(bench.running()).extracting(Running::device).containsExactly(away);
    bench.running().forEach(bench::succeed);
    bench.settle();
    bench.now = bench.now.plus(Duration.ofDays(4));
    bench.settle();
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(bench.rollout(id).state().reason())
        .isEqualTo("9 devices updated; 1 device did not answer in 3 days");
    assertThat(state(id, gone)).isEqualTo(DeviceState.SKIPPED);
  }

  private DeviceState state(UUID id, UUID device) {
    return DeviceState.valueOf(
        bench
            .jdbc
            .sql("select state from rollout_device where rollout = :id and device = :device")
            .param("id", id)
            .param("device", device)
            .query(String.class)
            .single());
  }

  @Test
  void devicesJoinAndLeaveAnOpenRollout() {
    bench.devices(4);
    UUID other = bench.device("other", "m4", true, "ONLINE");
    UUID id =
        bench.start(
            Map.of(
                "atOnce",
                2,
                "openUntil",
                bench.now.plus(Duration.ofDays(2)).toString(),
                "target",
                Map.of("filter", "name==dev-*")));
    bench.settle();
    assertThat(bench.running()).hasSize(2);
    UUID waiting =
        bench
            .jdbc
            .sql("select device from rollout_device where state = 'WAITING' limit 1")
            .query(UUID.class)
            .single();
    bench.change(waiting, "name", "somebody else", DeviceChanged.What.NAME);
    bench.change(other, "name", "dev-new", DeviceChanged.What.NAME);
    bench.settle();
    assertThat(state(id, waiting)).isEqualTo(DeviceState.SKIPPED);
    assertThat(state(id, other)).isEqualTo(DeviceState.WAITING);
    bench.change(waiting, "name", "dev-again", DeviceChanged.What.NAME);
    bench.settle();
    for (int i = 0; i < 5; i++) {
      bench.running().forEach(bench::succeed);
      bench.settle();
    }
    assertThat(bench.tally(id).succeeded()).isEqualTo(5);
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.RUNNING);
    bench.now = bench.now.plus(Duration.ofDays(2));
    bench.settle();
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(bench.tally(id)).isEqualTo(bench.counted(id));
  }

  @Test
  void whatBreaksIsTriedAgainAndWhatCannotBeBuiltIsLeftOut() {
    bench.devices(6);
    bench.unbuildable.put("m7", "the model needs 80 kB of RAM, the device has 16 kB");
    UUID id = bench.start(Map.of("retries", Map.of("TRANSPORT", 1), "retryAfter", "PT5M"));
    bench.settle();
    assertThat(bench.tally(id).skipped()).isEqualTo(3);
    Running first = bench.running().getFirst();
    bench.running().stream().skip(1).forEach(bench::succeed);
    bench.end(first, Outcome.FAILED, Optional.of(FailureClass.TRANSPORT), "the way broke");
    bench.settle();
    assertThat(bench.running()).isEmpty();
    bench.now = bench.now.plus(Duration.ofMinutes(6));
    bench.settle();
    assertThat(bench.running()).extracting(Running::device).containsExactly(first.device());
    bench.end(
        bench.running().getFirst(),
        Outcome.FAILED,
        Optional.of(FailureClass.TRANSPORT),
        "the way broke again");
    bench.settle();
    assertThat(bench.tally(id).failed()).isEqualTo(1);
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(bench.notes(id))
        .contains(
            "there is no module for some devices: the model needs 80 kB of RAM, the device has 16 kB",
            "2 devices updated, 1 failed, 3 left out");
  }

  @Test
  void anotherUpdateOfADeviceIsWaitedForAndAnAbortCallsBack() {
    bench.devices(4);
    UUID busy = bench.start(Map.of("target", Map.of("filter", "endpoint==dev-0000")));
    bench.settle();
    assertThat(bench.running()).hasSize(1);
    UUID id = bench.start(Map.of());
    bench.settle();
    assertThat(bench.tally(id).running()).isEqualTo(3);
    assertThat(bench.tally(id).waiting()).isEqualTo(1);
    bench.ask(busy, Action.ABORT);
    bench.settle();
    assertThat(bench.rollout(busy).state().phase()).isEqualTo(Phase.ABORTED);
    bench.now = bench.now.plus(Duration.ofMinutes(2));
    bench.settle();
    assertThat(bench.tally(id).running()).isEqualTo(4);
    bench.ask(id, Action.ROLL_BACK);
    bench.settle();
    assertThat(bench.running())
        .as("three had a module, whatever became of the updates that were called back")
        .hasSize(3)
        .allMatch(one -> bench.reissued.contains(one.module()));
    bench.running().forEach(bench::succeed);
    bench.settle();
    assertThat(bench.rollout(id).state().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(bench.tally(id)).isEqualTo(bench.counted(id));
  }

  @Test
  void inferenceThatIsSlowerThanBeforeKeepsTheNextWaveBack() {
    bench.devices(20);
    UUID id =
        bench.start(
            Map.of(
                "waves",
                List.of(Map.of("devices", 10, "soak", "PT1H"), Map.of("percent", 100)),
                "gates",
                Map.of("latencyPercent", 20, "minimumSample", 5)));
    bench.settle();
    bench.running().forEach(bench::succeed);
    bench.settle();
    bench.report = new Reports.Report(10, 0, OptionalDouble.of(100), OptionalDouble.of(150));
    bench.now = bench.now.plus(Duration.ofMinutes(61));
    bench.settle();
    assertThat(bench.rollout(id).state().reason())
        .isEqualTo(
            "paused itself: inference is 50 % slower than by the former module on 10 devices, limit 20 %");
    bench.ask(id, Action.RESUME);
    bench.settle();
    assertThat(bench.running()).hasSize(10);
  }
}
