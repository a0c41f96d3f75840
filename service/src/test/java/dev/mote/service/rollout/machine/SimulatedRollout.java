package dev.mote.service.rollout.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.update.FailureClass;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.Random;

/// Drives the machine with devices that exist in memory only, on a clock that jumps, and checks
/// after every step what must always hold.
final class SimulatedRollout {

  /// What devices are like.
  ///
  /// @param failing share that fails by a refusal
  /// @param flaky share of updates that break
  /// @param absent share that is not there for days, or ever
  /// @param without share that had no module before
  record Fleet(int devices, double failing, double flaky, double absent, double without) {}

  private record Happening(Instant at, long order, Runnable what) {}

  static final class Device {
    final int number;
    int wave;
    DeviceState state = DeviceState.WAITING;
    boolean hadOne;
    boolean bad;
    Instant thereFrom = Instant.EPOCH;
    Instant notBefore = Instant.EPOCH;
    int attempts;
    int begins;
    int returns;
    int successes;
    boolean cancelled;
    long update;
    boolean doubtful;
    boolean runsNew;

    Device(int number) {
      this.number = number;
    }
  }

  final RolloutPlan plan;
  final List<Device> devices = new ArrayList<>();
  final List<String> notes = new ArrayList<>();
  RolloutState state;
  Instant now = Instant.parse("2026-11-22T00:00:00Z");
  int mostAtOnce;
  int steps;
  private final Random random;
  private final Fleet fleet;
  private final PriorityQueue<Happening> happenings =
      new PriorityQueue<>(
          (a, b) -> a.at.equals(b.at) ? Long.compare(a.order, b.order) : a.at.compareTo(b.at));
  private long order;
  private int waves;
  private Optional<Instant> wake = Optional.empty();
  private int failedBefore;
  private int answeredBefore;

  SimulatedRollout(RolloutPlan plan, Fleet fleet, Random random) {
    this.plan = plan;
    this.fleet = fleet;
    this.random = random;
    this.state = RolloutState.fresh(plan, now);
  }

  List<Tally> tallies() {
    int[][] counts = new int[waves][DeviceState.values().length];
    for (Device device : devices) {
      counts[device.wave][device.state.ordinal()]++;
    }
    List<Tally> tallies = new ArrayList<>();
    for (int[] c : counts) {
      tallies.add(new Tally(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]));
    }
    return tallies;
  }

  void ask(Action action) {
    if (action == Action.RESUME && state.phase() == Phase.PAUSED) {
      failedBefore = count(DeviceState.FAILED);
      answeredBefore = failedBefore + count(DeviceState.SUCCEEDED);
    }
    event(new RolloutEvent.Asked(action, "anna"));
  }

  void later(Duration time, Runnable what) {
    happenings.add(new Happening(now.plus(time), order++, what));
  }

  /// Runs until nothing happens any more; persons answer pauses by `answer`.
  void run(Action answer) {
    for (int i = 0; i < 200_000; i++) {
      if (state.phase().isOver() && happenings.isEmpty()) {
        return;
      }
      if (state.phase() == Phase.PAUSED && happenings.isEmpty()) {
        ask(answer);
        continue;
      }
      Instant next = happenings.isEmpty() ? Instant.MAX : happenings.peek().at;
      if (wake.isPresent() && !wake.get().isAfter(next)) {
        assertThat(wake.get()).isAfter(now);
        now = wake.get();
        event(new RolloutEvent.TimePassed());
      } else if (!happenings.isEmpty()) {
        Happening happening = happenings.remove();
        now = happening.at.isAfter(now) ? happening.at : now;
        happening.what.run();
      } else {
        throw new AssertionError("it waits for nothing: " + state + tallies() + notes);
      }
      if (i % 16 == 0 && !state.phase().isOver()) {
        assertThat(Waiting.of(plan, state, tallies(), now)).as("%s", state).isNotEmpty();
      }
    }
    throw new AssertionError("it does not end: " + state + tallies() + notes);
  }

  private void event(RolloutEvent first) {
    RolloutEvent event = first;
    for (int i = 0; i < 30; i++) {
      steps++;
      Step step = RolloutMachine.on(plan, state, tallies(), event, now);
      state = step.next();
      wake = step.wakeAt();
      notes.addAll(step.notes().stream().map(note -> now + " " + note).toList());
      checkLimits(step);
      boolean changed = false;
      RolloutEvent next = new RolloutEvent.Counted();
      for (RolloutCommand command : step.commands()) {
        switch (command) {
          case RolloutCommand.Prepare() -> {
            prepare();
            next = new RolloutEvent.Prepared();
            changed = true;
          }
          case RolloutCommand.Begin(int most, int wave) -> {
            int begun = begin(most, wave);
            changed |= begun > 0;
            next = new RolloutEvent.Begun(begun);
          }
          case RolloutCommand.AskGate() -> {
            next =
                new RolloutEvent.Read(
                    random.nextInt(5) == 0
                        ? GateReading.NOTHING
                        : new GateReading(
                            count(DeviceState.SUCCEEDED),
                            0,
                            OptionalDouble.of(random.nextInt(60) - 20)));
            changed = true;
          }
          case RolloutCommand.CancelRunning(String _) -> {
            for (Device device : devices) {
              if (device.state == DeviceState.RUNNING) {
                device.cancelled = true;
                long update = device.update;
                later(Duration.ofSeconds(random.nextInt(3)), () -> cancelled(device, update));
              }
            }
          }
          case RolloutCommand.SkipWaiting(String _) ->
              changed |= move(DeviceState.WAITING, DeviceState.SKIPPED);
          case RolloutCommand.MarkReturning() -> {
            for (Device device : devices) {
              if (DeviceTurn.isToReturn(device.state, device.hadOne, device.doubtful)) {
                device.state = DeviceState.RETURNING;
              }
            }
            changed = true;
          }
          case RolloutCommand.GoBack(int most) -> changed |= goBack(most) > 0;
          case RolloutCommand.GiveUpReturning(String _) -> {
            changed |= move(DeviceState.RETURNING, DeviceState.NOT_RETURNED);
            changed |= move(DeviceState.GOING_BACK, DeviceState.NOT_RETURNED);
          }
        }
      }
      wakeForRetries();
      if (!changed) {
        return;
      }
      event = next;
    }
    throw new AssertionError("no end of commands: " + state + tallies());
  }

  private void checkLimits(Step step) {
    int failed = count(DeviceState.FAILED) - failedBefore;
    int answered = failed + count(DeviceState.SUCCEEDED) - (answeredBefore - failedBefore);
    ErrorLimit limit = plan.errors();
    boolean exceeded =
        limit.devices().isPresent() && failed > limit.devices().getAsInt()
            || limit.percent().isPresent()
                && answered >= limit.minimumSample()
                && 100.0 * failed > limit.percent().getAsDouble() * answered;
    if (exceeded && state.stage() != Stage.PREPARING) {
      assertThat(state.phase()).as("beyond the limit of errors").isNotEqualTo(Phase.RUNNING);
      assertThat(step.commands()).noneMatch(RolloutCommand.Begin.class::isInstance);
    }
  }

  private void prepare() {
    assertThat(devices).as("devices are collected once").isEmpty();
    List<Integer> sizes = plan.sizes(fleet.devices);
    assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(fleet.devices);
    waves = sizes.size();
    for (int wave = 0; wave < waves; wave++) {
      for (int i = 0; i < sizes.get(wave); i++) {
        add(wave);
      }
    }
  }

  private Device add(int wave) {
    Device device = new Device(devices.size());
    device.wave = wave;
    device.hadOne = random.nextDouble() >= fleet.without;
    device.bad = random.nextDouble() < fleet.failing;
    if (random.nextDouble() < fleet.absent) {
      device.thereFrom = now.plus(Duration.ofHours(1 + random.nextInt(2000)));
      later(Duration.between(now, device.thereFrom), () -> event(new RolloutEvent.Counted()));
    }
    devices.add(device);
    return device;
  }

  /// A device that comes to match while the rollout is open.
  void join() {
    if (waves > 0
        && state.phase() == Phase.RUNNING
        && plan.openUntil().filter(now::isBefore).isPresent()) {
      add(waves - 1);
      event(new RolloutEvent.Counted());
    }
  }

  private int begin(int most, int wave) {
    assertThat(state.phase()).isEqualTo(Phase.RUNNING);
    assertThat(isWindowOpen()).as("an update begins at %s", now).isTrue();
    int begun = 0;
    for (Device device : devices) {
      if (begun == most) {
        break;
      }
      if (device.state == DeviceState.WAITING
          && device.wave <= wave
          && !device.thereFrom.isAfter(now)
          && !device.notBefore.isAfter(now)) {
        assertThat(device.successes).as("no device is updated twice").isZero();
        device.state = DeviceState.RUNNING;
        device.attempts++;
        device.begins++;
        device.cancelled = false;
        long update = ++device.update;
        begun++;
        later(
            Duration.ofSeconds(20 + random.nextInt(random.nextInt(10) == 0 ? 90_000 : 600)),
            () -> ended(device, update));
      }
    }
    mostAtOnce = Math.max(mostAtOnce, count(DeviceState.RUNNING));
    assertThat(count(DeviceState.RUNNING)).isLessThanOrEqualTo(plan.pace().atOnce());
    return begun;
  }

  private int goBack(int most) {
    int begun = 0;
    for (Device device : devices) {
      if (begun < most && device.state == DeviceState.RETURNING && !device.notBefore.isAfter(now)) {
        assertThat(device.hadOne).as("only what had a module gets it back").isTrue();
        device.state = DeviceState.GOING_BACK;
        device.returns++;
        begun++;
        later(Duration.ofSeconds(20 + random.nextInt(600)), () -> wentBack(device));
      }
    }
    assertThat(count(DeviceState.GOING_BACK) + count(DeviceState.RUNNING))
        .isLessThanOrEqualTo(plan.pace().atOnce());
    return begun;
  }

  private void ended(Device device, long update) {
    if (device.update != update || device.state != DeviceState.RUNNING) {
      return;
    }
    double luck = random.nextDouble();
    if (luck < fleet.flaky) {
      turn(device, DeviceTurn.Outcome.FAILED, Optional.of(FailureClass.TIMEOUT));
      device.runsNew |= random.nextBoolean() && !device.bad;
    } else if (device.bad) {
      turn(device, DeviceTurn.Outcome.FAILED, Optional.of(FailureClass.REJECTED));
    } else {
      device.successes++;
      device.runsNew = true;
      turn(device, DeviceTurn.Outcome.SUCCEEDED, Optional.empty());
    }
  }

  private void cancelled(Device device, long update) {
    if (device.update == update && device.state == DeviceState.RUNNING) {
      device.attempts--;
      device.runsNew |= random.nextInt(4) == 0 && !device.bad;
      turn(device, DeviceTurn.Outcome.RECALLED, Optional.empty());
    }
  }

  private void turn(Device device, DeviceTurn.Outcome outcome, Optional<FailureClass> failure) {
    DeviceTurn turn =
        DeviceTurn.updated(
            plan, state.phase(), Math.max(1, device.attempts), device.hadOne, outcome, failure);
    device.state = turn.next();
    device.doubtful |= DeviceTurn.isDoubtful(outcome, failure);
    device.notBefore = now.plus(turn.again().orElse(Duration.ZERO));
    event(new RolloutEvent.Counted());
  }

  private void wentBack(Device device) {
    if (device.state != DeviceState.GOING_BACK) {
      return;
    }
    boolean works = random.nextDouble() >= fleet.flaky;
    DeviceTurn turn =
        DeviceTurn.returned(
            plan,
            device.returns,
            works ? DeviceTurn.Outcome.SUCCEEDED : DeviceTurn.Outcome.FAILED,
            works ? Optional.empty() : Optional.of(FailureClass.TRANSPORT));
    device.runsNew &= turn.next() != DeviceState.RETURNED;
    device.state = turn.next();
    device.notBefore = now.plus(turn.again().orElse(Duration.ZERO));
    event(new RolloutEvent.Counted());
  }

  private void wakeForRetries() {
    if (state.phase().isOver() || state.phase() == Phase.PAUSED) {
      return;
    }
    for (Device device : devices) {
      if ((device.state == DeviceState.WAITING || device.state == DeviceState.RETURNING)
          && device.notBefore.isAfter(now)
          && (wake.isEmpty() || device.notBefore.isBefore(wake.get()))) {
        wake = Optional.of(device.notBefore);
      }
    }
  }

  private boolean move(DeviceState from, DeviceState to) {
    boolean any = false;
    for (Device device : devices) {
      if (device.state == from) {
        device.state = to;
        any = true;
      }
    }
    return any;
  }

  /// The windows of these tests open at full hours of UTC on all days.
  private boolean isWindowOpen() {
    int hour = now.atZone(ZoneOffset.UTC).getHour();
    return plan.windows().isEmpty()
        || plan.windows().stream()
            .anyMatch(
                window -> {
                  int from = window.from().getHour();
                  int to = window.to().getHour();
                  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
                });
  }

  int count(DeviceState wanted) {
    int count = 0;
    for (Device device : devices) {
      count += device.state == wanted ? 1 : 0;
    }
    return count;
  }
}
