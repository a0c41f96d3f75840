package dev.mote.service.rollout.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.update.FailureClass;
import dev.mote.service.rollout.machine.SimulatedRollout.Fleet;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RolloutMachineTest {

  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

  @Test
  void thousandsOfRandomRolloutsKeepTheRules() {
    Map<Phase, Integer> ends = new EnumMap<>(Phase.class);
    for (int seed = 0; seed < 1200; seed++) {
      Random random = new Random(seed);
      SimulatedRollout rollout =
          new SimulatedRollout(randomPlan(random), randomFleet(random), random);
      try {
        run(rollout, random);
        checkEnd(rollout);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ": " + rollout.plan + rollout.state + String.join("\n", rollout.notes),
            e);
      }
      ends.merge(rollout.state.phase(), 1, Integer::sum);
    }
    assertThat(ends.keySet())
        .containsExactlyInAnyOrder(Phase.SUCCEEDED, Phase.FAILED, Phase.ABORTED, Phase.ROLLED_BACK);
    assertThat(ends.values()).as("%s", ends).allMatch(count -> count > 12);
  }

  private static void run(SimulatedRollout rollout, Random random) {
    if (rollout.plan.approval()) {
      rollout.ask(Action.START);
      assertThat(rollout.state.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
      rollout.ask(Action.APPROVE);
    }
    rollout.ask(Action.START);
    for (int i = random.nextInt(4); i > 0; i--) {
      Duration when = Duration.ofMinutes(random.nextInt(4000));
      Action action = Action.values()[random.nextInt(Action.values().length)];
      rollout.later(when, () -> rollout.ask(action));
      rollout.later(when.plusHours(3), () -> rollout.ask(Action.RESUME));
      rollout.later(Duration.ofMinutes(random.nextInt(9000)), rollout::join);
    }
    Action[] answers = {Action.RESUME, Action.RESUME, Action.ABORT, Action.ROLL_BACK};
    rollout.run(answers[random.nextInt(answers.length)]);
  }

  private static void checkEnd(SimulatedRollout rollout) {
    assertThat(rollout.state.phase().isOver()).isTrue();
    assertThat(rollout.mostAtOnce).isLessThanOrEqualTo(rollout.plan.pace().atOnce());
    for (SimulatedRollout.Device device : rollout.devices) {
      assertThat(device.successes).isLessThanOrEqualTo(1);
      assertThat(device.state)
          .isNotIn(
              DeviceState.WAITING,
              DeviceState.RUNNING,
              DeviceState.RETURNING,
              DeviceState.GOING_BACK);
      if (rollout.state.phase() == Phase.ROLLED_BACK && device.runsNew && device.hadOne) {
        assertThat(device.state)
            .as("what runs the new module goes back")
            .isIn(DeviceState.NOT_RETURNED);
      }
    }
  }

  private static Fleet randomFleet(Random random) {
    return new Fleet(
        random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(80),
        random.nextInt(3) > 0 ? 0 : random.nextDouble(),
        random.nextInt(3) > 0 ? 0 : random.nextDouble() * 0.4,
        random.nextInt(2) > 0 ? 0 : random.nextDouble() * 0.5,
        random.nextDouble() * 0.3);
  }

  private static RolloutPlan randomPlan(Random random) {
    List<Wave> waves = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      boolean counted = random.nextBoolean();
      waves.add(
          new Wave(
              random.nextBoolean() ? "" : "w" + i,
              counted ? OptionalInt.of(random.nextInt(15)) : OptionalInt.empty(),
              counted ? OptionalDouble.empty() : OptionalDouble.of(random.nextInt(101)),
              Duration.ofMinutes(random.nextInt(3) * 60L),
              Duration.ofHours(1 + random.nextInt(48)),
              random.nextInt(101),
              random.nextInt(101)));
    }
    List<Window> windows = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      int from = random.nextInt(24);
      windows.add(
          new Window(
              EnumSet.allOf(DayOfWeek.class),
              LocalTime.of(from, 0),
              LocalTime.of((from + 1 + random.nextInt(20)) % 24, 0),
              ZoneOffset.UTC));
    }
    return new RolloutPlan(
        waves,
        random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(1 + random.nextInt(3)),
        new Pace(
            1 + random.nextInt(20),
            random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(5)),
            1 + random.nextInt(3)),
        random.nextBoolean() ? Optional.empty() : Optional.of(START.plusSeconds(3600)),
        windows,
        random.nextBoolean(),
        new ErrorLimit(
            random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(5)),
            random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextInt(30)),
            1 + random.nextInt(20),
            Reaction.values()[random.nextInt(3)]),
        random.nextInt(3) > 0
            ? Gates.NONE
            : new Gates(
                OptionalInt.of(0),
                OptionalDouble.of(20),
                1 + random.nextInt(5),
                random.nextBoolean(),
                Duration.ofHours(2)),
        Map.of(FailureClass.TIMEOUT, random.nextInt(3)),
        Duration.ofMinutes(10),
        random.nextInt(3) > 0 ? Optional.empty() : Optional.of(START.plusSeconds(400_000)),
        Duration.ofDays(1 + random.nextInt(20)),
        random.nextBoolean(),
        random.nextInt(4) == 0);
  }

  @Test
  void itSaysWhyItPausedItself() {
    Step step = at(running(20, 10), tally(0, 0, 34, 6));
    assertThat(step.next().phase()).isEqualTo(Phase.PAUSED);
    assertThat(step.next().reason())
        .isEqualTo("paused itself: 6 of 40 devices (15 %) failed, limit 10 % of at least 20");
    assertThat(step.commands()).isEmpty();
  }

  @Test
  void fewFailuresOfFewDevicesDoNotCountYet() {
    Step step = at(running(20, 10), tally(10, 0, 10, 6));
    assertThat(step.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(step.commands()).containsExactly(new RolloutCommand.Begin(5, 0));
  }

  @Test
  void resumingAcceptsWhatFailedSoFar() {
    RolloutPlan plan = running(20, 10);
    List<Tally> tally = tally(10, 0, 34, 6);
    Step paused = at(plan, tally);
    Step on =
        RolloutMachine.on(
            plan, paused.next(), tally, new RolloutEvent.Asked(Action.RESUME, "anna"), START);
    assertThat(on.next().phase()).isEqualTo(Phase.RUNNING);
    assertThat(on.notes()).contains("resumed by anna");
    Step again =
        RolloutMachine.on(plan, on.next(), tally(0, 0, 52, 9), new RolloutEvent.Counted(), START);
    assertThat(again.next().reason()).contains("3 of 21 devices (14.3 %) failed");
  }

  @Test
  void aWindowMayPassMidnightAndFollowsItsZone() {
    Window window =
        new Window(
            Set.of(DayOfWeek.SATURDAY),
            LocalTime.of(22, 0),
            LocalTime.of(4, 0),
            ZoneId.of("Europe/Berlin"));
    assertThat(Window.anyOpen(List.of(window), Instant.parse("2026-11-21T20:59:59Z"))).isFalse();
    assertThat(Window.anyOpen(List.of(window), Instant.parse("2026-11-21T21:00:00Z"))).isTrue();
    assertThat(Window.anyOpen(List.of(window), Instant.parse("2026-11-22T02:59:59Z"))).isTrue();
    assertThat(Window.anyOpen(List.of(window), Instant.parse("2026-11-22T03:00:00Z"))).isFalse();
    assertThat(Window.nextChange(List.of(window), Instant.parse("2026-11-22T03:00:00Z")))
        .contains(Instant.parse("2026-11-28T21:00:00Z"));
    // Clocks went forward at one o'clock UTC of 29 March 2026.
    assertThat(Window.nextChange(List.of(window), Instant.parse("2026-03-28T23:00:00Z")))
        .contains(Instant.parse("2026-03-29T02:00:00Z"));
  }

  @Test
  void wavesCoverAllDevicesAndGrow() {
    Wave five = wave(OptionalInt.of(5), OptionalDouble.empty());
    Wave tenth = wave(OptionalInt.empty(), OptionalDouble.of(10));
    assertThat(plan(List.of(five, tenth, tenth), OptionalDouble.empty()).sizes(101))
        .containsExactly(5, 11, 85);
    assertThat(plan(List.of(five), OptionalDouble.of(3)).sizes(100)).containsExactly(5, 15, 45, 35);
    assertThat(plan(List.of(five, tenth), OptionalDouble.empty()).sizes(3)).containsExactly(3);
    assertThat(plan(List.of(five), OptionalDouble.of(1)).sizes(100_000)).hasSize(50);
    assertThat(plan(List.of(five), OptionalDouble.empty()).sizes(0)).containsExactly(0);
  }

  @Test
  void sleepersHoldNoPlaceOfThoseAwakeAndAreBoundedThemselves() {
    RolloutPlan plan = running(1, 100);
    int atOnce = plan.pace().atOnce();
    assertThat(begins(plan, atOnce, 0)).isZero();
    assertThat(begins(plan, atOnce, 1)).isEqualTo(1);
    assertThat(begins(plan, 3 * atOnce, 3 * atOnce - 1)).isEqualTo(atOnce - 1);
    assertThat(begins(plan, 10 * atOnce, 10 * atOnce)).isZero();
    // Nobody says that a device fell asleep: it is looked after.
    assertThat(asleep(plan, atOnce, 0).wakeAt()).contains(START.plusSeconds(60));
  }

  private static int begins(RolloutPlan plan, int running, int asleep) {
    return asleep(plan, running, asleep).commands().stream()
        .filter(RolloutCommand.Begin.class::isInstance)
        .mapToInt(command -> ((RolloutCommand.Begin) command).most())
        .sum();
  }

  private static Step asleep(RolloutPlan plan, int running, int asleep) {
    RolloutState started = at(plan, tally(100_000, 0, 0, 0)).next();
    return RolloutMachine.on(
        plan, started, tally(100_000, running, 0, 0), asleep, new RolloutEvent.Counted(), START);
  }

  private static Wave wave(OptionalInt devices, OptionalDouble percent) {
    return new Wave("", devices, percent, Duration.ZERO, Duration.ofDays(1), 80, 0);
  }

  private static RolloutPlan plan(List<Wave> waves, OptionalDouble growth) {
    RolloutPlan some = running(20, 10);
    return new RolloutPlan(
        waves,
        growth,
        some.pace(),
        some.startAt(),
        some.windows(),
        some.recall(),
        some.errors(),
        some.gates(),
        some.retries(),
        some.retryAfter(),
        some.openUntil(),
        some.stragglers(),
        some.returnInWindows(),
        some.approval());
  }

  private static RolloutPlan running(int sample, double percent) {
    return new RolloutPlan(
        List.of(wave(OptionalInt.empty(), OptionalDouble.empty())),
        OptionalDouble.empty(),
        new Pace(5, OptionalInt.empty(), 1),
        Optional.empty(),
        List.of(),
        true,
        new ErrorLimit(OptionalInt.empty(), OptionalDouble.of(percent), sample, Reaction.PAUSE),
        Gates.NONE,
        Map.of(),
        Duration.ofMinutes(10),
        Optional.empty(),
        Duration.ofDays(14),
        false,
        false);
  }

  private static List<Tally> tally(int waiting, int running, int succeeded, int failed) {
    return List.of(new Tally(waiting, running, succeeded, failed, 0, 0, 0, 0, 0));
  }

  /// A running rollout after its devices were counted.
  private static Step at(RolloutPlan plan, List<Tally> waves) {
    RolloutState state =
        RolloutMachine.on(
                plan,
                RolloutState.fresh(plan, START),
                List.of(),
                new RolloutEvent.Asked(Action.START, "anna"),
                START)
            .next();
    state =
        RolloutMachine.on(plan, state, tally(40, 0, 0, 0), new RolloutEvent.Prepared(), START)
            .next();
    return RolloutMachine.on(plan, state, waves, new RolloutEvent.Counted(), START);
  }
}
