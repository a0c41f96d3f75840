package dev.mote.service.rollout.machine;

import dev.mote.service.rollout.machine.RolloutCommand.AskGate;
import dev.mote.service.rollout.machine.RolloutCommand.Begin;
import dev.mote.service.rollout.machine.RolloutCommand.CancelRunning;
import dev.mote.service.rollout.machine.RolloutCommand.GiveUpReturning;
import dev.mote.service.rollout.machine.RolloutCommand.GoBack;
import dev.mote.service.rollout.machine.RolloutCommand.MarkReturning;
import dev.mote.service.rollout.machine.RolloutCommand.Prepare;
import dev.mote.service.rollout.machine.RolloutCommand.SkipWaiting;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides what comes next in a rollout, from its plan, its state, the counts and what happened.
///
/// What begins is never more than may run at once, never outside the windows, and never after a
/// limit of errors is exceeded; every phase that is not over either has something to do, or waits
/// for something that [Waiting] names.
///
/// A long file: a state machine is read as a whole, since each reaction depends on all others.
public final class RolloutMachine {

  private static final Duration GATE_PAUSE = Duration.ofMinutes(5);

  /// How many times as many updates may wait for devices that sleep as may run at once.
  private static final int SLEEPERS = 10;

  private static final Duration SLOTS_LOOK = Duration.ofMinutes(1);

  private final RolloutPlan plan;
  private final Draft draft;
  private final List<Tally> waves;
  private final Tally total;
  private final int asleep;
  private final Instant now;
  private final List<RolloutCommand> commands = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Optional<Instant> wakeAt = Optional.empty();

  private RolloutMachine(
      RolloutPlan plan, RolloutState state, List<Tally> waves, int asleep, Instant now) {
    this.plan = plan;
    this.draft = new Draft(state);
    this.waves = waves.isEmpty() ? List.of(Tally.NONE) : waves;
    this.total = Tally.sum(waves);
    this.asleep = Math.min(asleep, total.running() + total.goingBack());
    this.now = now;
  }

  /// The same where no device sleeps.
  public static Step on(
      RolloutPlan plan, RolloutState state, List<Tally> waves, RolloutEvent event, Instant now) {
    return on(plan, state, waves, 0, event, now);
  }

  /// What follows from `event` at `now`.
  ///
  /// @param waves counts of each wave; empty before they are known
  /// @param asleep updates under way whose devices have not been heard since they were to be: they
  ///     do not count against those that run at once
  public static Step on(
      RolloutPlan plan,
      RolloutState state,
      List<Tally> waves,
      int asleep,
      RolloutEvent event,
      Instant now) {
    RolloutMachine machine = new RolloutMachine(plan, state, waves, asleep, now);
    machine.take(event);
    machine.advance();
    return new Step(machine.draft.done(), machine.commands, machine.notes, machine.wakeAt);
  }

  private void take(RolloutEvent event) {
    switch (event) {
      case RolloutEvent.Asked(Action action, String by) -> {
        if (action.isPossible(draft.phase)) {
          asked(action, by);
        }
      }
      case RolloutEvent.Prepared() -> {
        if (draft.stage == Stage.PREPARING) {
          note(
              "%s in %s"
                  .formatted(
                      Words.devices(total.total()), Words.count(waves.size(), "wave", "waves")));
          beginWave();
        }
      }
      case RolloutEvent.Begun(int devices) -> {
        draft.inMinute += devices;
        if (devices > 0) {
          draft.lastBegun = now;
        }
      }
      case RolloutEvent.Read(GateReading reading) -> read(reading);
      case RolloutEvent.Counted(), RolloutEvent.TimePassed() -> {}
    }
  }

  private void asked(Action action, String by) {
    switch (action) {
      case APPROVE -> enter(Phase.CREATED, "approved by " + by);
      case START -> {
        enter(Phase.SCHEDULED, "started by " + by);
        draft.stage = Stage.PREPARING;
      }
      case PAUSE -> enter(Phase.PAUSED, "paused by " + by);
      case RESUME -> resume(by);
      case ABORT -> {
        if (draft.phase.isLive()) {
          stop(Phase.ABORTED, "aborted by " + by);
        } else {
          enter(Phase.ABORTED, "aborted by " + by);
        }
      }
      case ROLL_BACK -> rollBack("rolled back by " + by);
    }
  }

  /// Whoever resumes has seen what failed so far, and what telemetry says: it counts no more.
  private void resume(String by) {
    draft.failedBefore = total.failed();
    draft.answeredBefore = total.answered();
    draft.acceptedWave = draft.wave;
    draft.failedInWave = wave().failed();
    draft.answeredInWave = wave().answered();
    draft.lastBegun = now;
    draft.gateAsked = false;
    if (draft.stage == Stage.SOAKING || draft.stage == Stage.FINISHING) {
      draft.stageSince = now;
    }
    enter(draft.stage == Stage.PREPARING ? Phase.SCHEDULED : Phase.RUNNING, "resumed by " + by);
    if (draft.gateFailed) {
      draft.gateFailed = false;
      nextWave();
    }
  }

  /// Looks at where it is until nothing changes; each round ends a wave or a phase.
  private void advance() {
    for (int round = 0; round < 4 * RolloutPlan.MOST_WAVES; round++) {
      Phase phase = draft.phase;
      int wave = draft.wave;
      Stage stage = draft.stage;
      wakeAt = Optional.empty();
      look();
      if (phase == draft.phase && wave == draft.wave && stage == draft.stage) {
        return;
      }
    }
  }

  private void look() {
    switch (draft.phase) {
      case CREATED, AWAITING_APPROVAL, SUCCEEDED, FAILED, ABORTED, ROLLED_BACK -> {}
      case SCHEDULED -> {
        if (plan.startAt().isEmpty() || !now.isBefore(plan.startAt().get())) {
          enter(Phase.RUNNING, "");
          draft.stage = Stage.PREPARING;
          draft.stageSince = now;
          commands.add(new Prepare());
        } else {
          wake(plan.startAt().get());
        }
      }
      case RUNNING -> {
        if (draft.stage != Stage.PREPARING && !tripped()) {
          run();
        }
      }
      case PAUSED -> {
        if (plan.errors().then() != Reaction.PAUSE && draft.stage != Stage.PREPARING) {
          tripped();
        }
      }
      case STOPPING -> {
        if (total.running() == 0) {
          enter(draft.endAs.orElse(Phase.ABORTED), draft.reason);
        }
      }
      case ROLLING_BACK -> goBack();
    }
  }

  private void run() {
    notice();
    Stage stage = draft.stage;
    int wave = draft.wave;
    switch (stage) {
      case PREPARING -> {}
      case UPDATING -> {
        if (isWaveThrough()) {
          judge();
        }
      }
      case SOAKING -> soak();
      case FINISHING -> finish();
    }
    // Otherwise it is looked at again.
    if (draft.phase == Phase.RUNNING && draft.stage == stage && draft.wave == wave) {
      begin();
    }
  }

  /// Sets the wave's clock when more of it has begun.
  private void notice() {
    int begun = 0;
    for (int i = 0; i <= draft.wave && i < waves.size(); i++) {
      begun += waves.get(i).running() + waves.get(i).answered();
    }
    if (begun > draft.begun) {
      draft.begun = begun;
      draft.lastBegun = now;
    }
    if (!plan.isWindowOpen(now)) {
      draft.lastBegun = now;
    }
  }

  private boolean isWaveThrough() {
    Tally wave = wave();
    if (wave.waiting() + wave.running() == 0) {
      return true;
    }
    Instant deadline = draft.lastBegun.plus(plan.wave(draft.wave).deadline());
    if (now.isBefore(deadline)) {
      wake(deadline);
      return false;
    }
    int there = wave.total() - wave.skipped();
    int enough = (int) Math.ceil(there * plan.wave(draft.wave).enoughPercent() / 100);
    if (wave.answered() >= enough) {
      note(
          "%s of wave %s did not answer in time and may follow later"
              .formatted(Words.devices(wave.waiting() + wave.running()), waveName()));
      return true;
    }
    pauseItself(
        "only %d of %s of wave %s have answered %s after the last update began, %d are needed"
            .formatted(
                wave.answered(),
                Words.devices(there),
                waveName(),
                Words.time(plan.wave(draft.wave).deadline()),
                enough));
    return false;
  }

  private void judge() {
    Tally wave = wave();
    boolean accepted = draft.acceptedWave == draft.wave;
    int answered = wave.answered() - (accepted ? draft.answeredInWave : 0);
    int succeeded = answered - (wave.failed() - (accepted ? draft.failedInWave : 0));
    double needed = plan.wave(draft.wave).successPercent();
    if (succeeded * 100.0 < needed * answered) {
      trip(
          "only %d of %s of wave %s (%s) succeeded, %s are needed"
              .formatted(
                  succeeded,
                  Words.devices(answered),
                  waveName(),
                  Words.share(succeeded, answered),
                  Words.percent(needed)));
      return;
    }
    draft.stage = Stage.SOAKING;
    draft.stageSince = now;
    draft.gateAsked = false;
    if (plan.wave(draft.wave).soak().isPositive()) {
      note(
          "wave %s is watched for %s"
              .formatted(waveName(), Words.time(plan.wave(draft.wave).soak())));
    }
  }

  private void soak() {
    Instant end = draft.stageSince.plus(plan.wave(draft.wave).soak());
    if (now.isBefore(end)) {
      wake(end);
    } else if (plan.gates().isOpen()) {
      nextWave();
    } else if (!draft.gateAsked) {
      draft.gateAsked = true;
      commands.add(new AskGate());
    } else {
      // Not enough is known yet.
      wake(now.plus(GATE_PAUSE));
      draft.gateAsked = false;
    }
  }

  private void read(GateReading reading) {
    if (draft.phase != Phase.RUNNING || draft.stage != Stage.SOAKING) {
      return;
    }
    Gates gates = plan.gates();
    draft.gateFailed = true;
    if (gates.selfTestFailures().isPresent()
        && reading.selfTestFailures() > gates.selfTestFailures().getAsInt()) {
      trip(
          "%d of %s report a failed self-test, limit %d"
              .formatted(
                  reading.selfTestFailures(),
                  Words.devices(reading.devices()),
                  gates.selfTestFailures().getAsInt()));
    } else if (reading.devices() >= gates.minimumSample()
        && gates.latencyPercent().isPresent()
        && reading.latencyPercent().orElse(-100) > gates.latencyPercent().getAsDouble()) {
      trip(
          "inference is %s slower than by the former module on %s, limit %s"
              .formatted(
                  Words.percent(reading.latencyPercent().orElse(0)),
                  Words.devices(reading.devices()),
                  Words.percent(gates.latencyPercent().getAsDouble())));
    } else if (reading.devices() >= gates.minimumSample() || !gates.required()) {
      if (reading.devices() < gates.minimumSample()) {
        note(
            "goes on without telemetry: %s reported, %d are needed to judge"
                .formatted(Words.devices(reading.devices()), gates.minimumSample()));
      }
      draft.gateFailed = false;
      nextWave();
    } else if (now.isBefore(
        draft.stageSince.plus(plan.wave(draft.wave).soak()).plus(gates.patience()))) {
      draft.gateFailed = false;
    } else {
      pauseItself(
          "telemetry came from only %s, %d are needed"
              .formatted(Words.devices(reading.devices()), gates.minimumSample()));
    }
  }

  private void nextWave() {
    if (draft.wave + 1 < waves.size()) {
      draft.wave++;
      beginWave();
    } else {
      draft.stage = Stage.FINISHING;
      draft.stageSince = now;
    }
  }

  private void beginWave() {
    draft.stage = Stage.UPDATING;
    draft.stageSince = now;
    draft.lastBegun = now;
    if (waves.size() > 1 && wave().total() > 0) {
      note(
          "wave %s begins: %d of %d, %s"
              .formatted(waveName(), draft.wave + 1, waves.size(), Words.devices(wave().total())));
    }
  }

  private void finish() {
    boolean closed = plan.openUntil().map(until -> !now.isBefore(until)).orElse(true);
    if (closed && total.waiting() + total.running() == 0) {
      end();
      return;
    }
    Instant last = draft.stageSince.plus(plan.stragglers());
    if (plan.openUntil().isPresent() && plan.openUntil().get().isAfter(last)) {
      last = plan.openUntil().get();
    }
    if (!now.isBefore(last)) {
      stop(
          total.succeeded() > 0 ? Phase.SUCCEEDED : Phase.FAILED,
          "%s updated; %s did not answer in %s"
              .formatted(
                  Words.devices(total.succeeded()),
                  Words.devices(total.waiting() + total.running()),
                  Words.time(plan.stragglers())));
      return;
    }
    wake(closed ? last : plan.openUntil().orElse(last));
  }

  private void end() {
    String counts =
        "%s updated, %d failed, %d left out"
            .formatted(Words.devices(total.succeeded()), total.failed(), total.skipped());
    enter(total.succeeded() > 0 || total.total() == 0 ? Phase.SUCCEEDED : Phase.FAILED, counts);
  }

  private void begin() {
    boolean open = plan.isWindowOpen(now);
    if (!plan.windows().isEmpty()) {
      Window.nextChange(plan.windows(), now).ifPresent(this::wake);
    }
    if (!open) {
      if (plan.recall() && total.running() > 0 && !draft.recalled) {
        draft.recalled = true;
        commands.add(new CancelRunning("the maintenance window has closed"));
        note("the maintenance window has closed: running updates are called back");
      }
      return;
    }
    draft.recalled = false;
    Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
    if (!minute.equals(draft.minute)) {
      draft.minute = minute;
      draft.inMinute = 0;
    }
    int waiting = 0;
    for (int i = 0; i <= draft.wave && i < waves.size(); i++) {
      waiting += waves.get(i).waiting();
    }
    int free = Math.min(waiting, slots(total.running()));
    int allowed = plan.pace().perMinute(draft.wave) - draft.inMinute;
    if (free > allowed) {
      wake(minute.plus(1, ChronoUnit.MINUTES));
    }
    if (Math.min(free, allowed) > 0) {
      commands.add(new Begin(Math.min(free, allowed), draft.wave));
    }
  }

  /// How many more updates may begin beside those under way. Who falls asleep over one tells
  /// nobody: it is looked after from time to time.
  private int slots(int underWay) {
    int atOnce = plan.pace().atOnce();
    int free = Math.min(atOnce - (underWay - asleep), SLEEPERS * atOnce - asleep);
    if (free <= 0) {
      wake(now.plus(SLOTS_LOOK));
    }
    return free;
  }

  private boolean tripped() {
    boolean accepted = draft.acceptedWave == draft.wave;
    return tripped(
            wave().failed() - (accepted ? draft.failedInWave : 0),
            wave().answered() - (accepted ? draft.answeredInWave : 0),
            waves.size() > 1 ? " of wave " + waveName() : "")
        || tripped(
            total.failed() - draft.failedBefore, total.answered() - draft.answeredBefore, "");
  }

  private boolean tripped(int failed, int answered, String which) {
    ErrorLimit limit = plan.errors();
    if (!limit.isExceeded(failed, answered)) {
      return false;
    }
    List<String> limits = new ArrayList<>();
    limit.devices().ifPresent(most -> limits.add(Words.devices(most)));
    limit
        .percent()
        .ifPresent(
            most ->
                limits.add(
                    "%s of at least %d".formatted(Words.percent(most), limit.minimumSample())));
    trip(
        "%d of %s%s (%s) failed, limit %s"
            .formatted(
                failed,
                Words.devices(answered),
                which,
                Words.share(failed, answered),
                String.join(" or ", limits)));
    return true;
  }

  private void trip(String why) {
    switch (plan.errors().then()) {
      case PAUSE -> pauseItself(why);
      case STOP -> stop(Phase.FAILED, "stopped itself: " + why);
      case ROLL_BACK -> rollBack("rolls itself back: " + why);
    }
  }

  private void pauseItself(String why) {
    enter(Phase.PAUSED, "paused itself: " + why);
  }

  private void stop(Phase end, String why) {
    enter(Phase.STOPPING, why);
    draft.endAs = Optional.of(end);
    commands.add(new CancelRunning(why));
    commands.add(new SkipWaiting(why));
  }

  private void rollBack(String why) {
    boolean over = draft.phase.isOver();
    enter(Phase.ROLLING_BACK, why);
    draft.endAs = Optional.of(Phase.ROLLED_BACK);
    draft.stageSince = now;
    if (!over) {
      commands.add(new CancelRunning(why));
      commands.add(new SkipWaiting(why));
    }
    commands.add(new MarkReturning());
  }

  private void goBack() {
    if (commands.contains(new MarkReturning())) {
      // The counts are those before.
      return;
    }
    if (total.running() + total.returning() + total.goingBack() == 0) {
      enter(
          Phase.ROLLED_BACK,
          "%s; %s what they had, %d could not be brought back"
              .formatted(
                  draft.reason,
                  total.returned() == 1
                      ? "1 device has"
                      : Words.devices(total.returned()) + " have",
                  total.notReturned()));
      return;
    }
    Instant last = draft.stageSince.plus(plan.stragglers());
    if (!now.isBefore(last)) {
      if (total.returning() + total.goingBack() + total.running() > 0) {
        commands.add(new GiveUpReturning("it did not answer in " + Words.time(plan.stragglers())));
      }
      return;
    }
    wake(last);
    if (plan.returnInWindows() && !plan.isWindowOpen(now)) {
      Window.nextChange(plan.windows(), now).ifPresent(this::wake);
      return;
    }
    int free = slots(total.running() + total.goingBack());
    if (Math.min(free, total.returning()) > 0) {
      commands.add(new GoBack(Math.min(free, total.returning())));
    }
  }

  private Tally wave() {
    return waves.get(Math.min(draft.wave, waves.size() - 1));
  }

  private String waveName() {
    String name = plan.wave(draft.wave).name();
    return name.isEmpty() ? String.valueOf(draft.wave + 1) : "'" + name + "'";
  }

  private void enter(Phase phase, String why) {
    draft.phase = phase;
    draft.reason = why;
    if (!why.isEmpty()) {
      note(why);
    }
  }

  private void note(String what) {
    if (notes.isEmpty() || !notes.getLast().equals(what)) {
      notes.add(what);
    }
  }

  private void wake(Instant at) {
    if (wakeAt.isEmpty() || at.isBefore(wakeAt.get())) {
      wakeAt = Optional.of(at);
    }
  }

  /// The state while it is decided.
  private static final class Draft {
    Phase phase;
    Stage stage;
    int wave;
    Instant stageSince;
    Instant lastBegun;
    int begun;
    Instant minute;
    int inMinute;
    int failedBefore;
    int answeredBefore;
    int acceptedWave;
    int failedInWave;
    int answeredInWave;
    boolean gateAsked;
    boolean gateFailed;
    boolean recalled;
    Optional<Phase> endAs;
    String reason;

    Draft(RolloutState state) {
      phase = state.phase();
      stage = state.stage();
      wave = state.wave();
      stageSince = state.stageSince();
      lastBegun = state.lastBegun();
      begun = state.begun();
      minute = state.minute();
      inMinute = state.inMinute();
      failedBefore = state.failedBefore();
      answeredBefore = state.answeredBefore();
      acceptedWave = state.acceptedWave();
      failedInWave = state.failedInWave();
      answeredInWave = state.answeredInWave();
      gateAsked = state.gateAsked();
      gateFailed = state.gateFailed();
      recalled = state.recalled();
      endAs = state.endAs();
      reason = state.reason();
    }

    RolloutState done() {
      return new RolloutState(
          phase,
          stage,
          wave,
          stageSince,
          lastBegun,
          begun,
          minute,
          inMinute,
          failedBefore,
          answeredBefore,
          acceptedWave,
          failedInWave,
          answeredInWave,
          gateAsked,
          gateFailed,
          recalled,
          endAs,
          reason);
    }
  }
}
