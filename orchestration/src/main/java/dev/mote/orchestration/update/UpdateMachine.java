package dev.mote.orchestration.update;

import dev.mote.orchestration.update.UpdateCommand.Activate;
import dev.mote.orchestration.update.UpdateCommand.Ask;
import dev.mote.orchestration.update.UpdateCommand.Clear;
import dev.mote.orchestration.update.UpdateCommand.Install;
import dev.mote.orchestration.update.UpdateCommand.Push;
import dev.mote.orchestration.update.UpdateCommand.WriteUri;
import dev.mote.orchestration.update.UpdateProgress.Draft;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides what comes next in an update, from what is known and what happened.
///
/// The device's State and Result decide, and never the answer to a Write or an Execute: clients
/// answer 2.04 and fail later, lose the answer while they restart, or forget the package in a power
/// cut. An answer only says that a command is not on its way any more, or that it cannot be done.
///
/// A long file: a state machine is read as a whole, since each reaction depends on all others.
public final class UpdateMachine {

  private static final int INCOMPLETE = 408;
  private static final int TOO_LARGE = 413;
  private static final int UNAVAILABLE = 503;

  /// An honest device changes its phase four times in an attempt.
  private static final int MOST_TURNS = 40;

  /// How often a device that says nothing is asked while it may stand still.
  private static final int LOOKS = 10;

  private final Draft draft;
  private final Instant now;
  private final List<UpdateCommand> commands = new ArrayList<>();

  private UpdateMachine(Draft draft, Instant now) {
    this.draft = draft;
    this.now = now;
  }

  /// The first step of an update.
  public static Step start(
      UpdateObject object,
      Delivery delivery,
      UpdatePackage wanted,
      Patience patience,
      Instant now) {
    UpdateMachine machine =
        new UpdateMachine(
            UpdateProgress.fresh(object, delivery, wanted, patience, now).draft(), now);
    machine.ask();
    return machine.step();
  }

  /// What follows from `event` at `now`; nothing follows once it is over.
  public static Step on(UpdateProgress progress, UpdateEvent event, Instant now) {
    UpdateMachine machine = new UpdateMachine(progress.draft(), now);
    if (!progress.isOver()) {
      machine.take(event);
    }
    return machine.step();
  }

  private Step step() {
    return new Step(draft.done(), commands, wakeAt());
  }

  private void take(UpdateEvent event) {
    switch (event) {
      case UpdateEvent.Resumed() -> {
        if (draft.onItsWay.equals(Optional.of(new Install()))) {
          draft.doubt = Optional.of(now);
        }
        draft.onItsWay = Optional.empty();
        doubt();
        draft.note(now, "the service takes it up again");
        if (draft.phase != Phase.PAUSING) {
          ask();
        }
      }
      case UpdateEvent.Heard() -> {
        boolean back = !draft.reachable;
        heard();
        if (back && draft.phase != Phase.PAUSING) {
          // While it was away nothing could move: it is given the time for an answer.
          Instant atLeast = now.minus(limit()).plus(betweenLooks());
          draft.lastProgress = draft.lastProgress.isBefore(atLeast) ? atLeast : draft.lastProgress;
          doubt();
          ask();
        }
      }
      case UpdateEvent.Registered() -> {
        heard();
        draft.onItsWay = Optional.empty();
        draft.doubt = Optional.empty();
        draft.restarted = true;
        if (draft.phase != Phase.PAUSING) {
          ask();
        }
      }
      case UpdateEvent.Reported(DeviceReport report) -> {
        heard();
        reported(report);
      }
      case UpdateEvent.Answered(UpdateCommand command, int code) -> {
        heard();
        draft.lastCode = Optional.of(code);
        if (answers(command)) {
          answered(command, code);
        }
      }
      case UpdateEvent.Unanswered(UpdateCommand command) -> {
        if (answers(command)) {
          draft.reachable = false;
          if (command instanceof Install) {
            draft.doubt = Optional.of(now);
          }
          draft.note(now, "no answer to " + name(command));
        }
      }
      case UpdateEvent.Slept() -> {
        draft.onItsWay = Optional.empty();
        draft.reachable = false;
        draft.note(now, "it sleeps: it is asked when it is heard");
      }
      case UpdateEvent.Moved(long bytes) -> {
        heard();
        moved(bytes);
      }
      case UpdateEvent.TimePassed() -> timePassed();
      case UpdateEvent.Cancelled(String why) -> {
        draft.note(now, "cancelled: " + why);
        if (draft.handedOver && !draft.installOrdered) {
          commands.add(new Clear());
        }
        draft.onItsWay = Optional.empty();
        draft.phase = Phase.CANCELLED;
      }
    }
  }

  /// Whatever was sent may not have arrived, and is to be sent again; but an order to install is
  /// not given twice for a doubt.
  private void doubt() {
    draft.restarted |= !draft.installOrdered;
  }

  private void heard() {
    draft.lastContact = now;
    draft.reachable = true;
  }

  /// Whether `command` is the one that is waited for; it is not any more afterwards.
  private boolean answers(UpdateCommand command) {
    if (!draft.onItsWay.equals(Optional.of(command))) {
      return false;
    }
    draft.onItsWay = Optional.empty();
    return true;
  }

  private void answered(UpdateCommand command, int code) {
    boolean wasDoubted = command instanceof Install && draft.doubt.isPresent();
    if (command instanceof Install) {
      draft.doubt = Optional.empty();
    }
    if (code / 100 == 2) {
      switch (command) {
        case Push _ -> {
          draft.complete = true;
          draft.bytesMoved = draft.wanted.bytes();
          draft.lastProgress = now;
          draft.note(now, "the whole package is handed over");
          ask();
        }
        case Install _, Activate _, Clear _ -> ask();
        case Ask _, WriteUri _ -> {}
      }
      return;
    }
    String said = "it answers %d.%02d to %s".formatted(code / 100, code % 100, name(command));
    draft.note(now, said);
    switch (command) {
      case Push(long from) -> {
        if (code == INCOMPLETE && from > 0) {
          // It forgot the first blocks: all of them again.
          draft.bytesMoved = 0;
          send(new Push(0));
        } else {
          refused(new Failure(ofTransfer(code), said));
        }
      }
      case WriteUri _ -> refused(new Failure(ofTransfer(code), said));
      case Install _, Activate _ -> {
        if (wasDoubted) {
          // It refuses the second order, perhaps, because it follows the first.
          ask();
        } else {
          // Or a repetition of the message, which found the device restarted: its state tells.
          refused(
              new Failure(
                  code == UNAVAILABLE ? FailureClass.TRANSPORT : FailureClass.REJECTED, said));
        }
      }
      // The state tells whether it mattered: a client without Uninstall may be idle all the same.
      case Clear _ -> ask();
      case Ask _ ->
          fail(draft.refused.orElseGet(() -> new Failure(FailureClass.UNSUPPORTED, said)));
    }
  }

  /// The package or an order was refused. Its Result says why, and better than the code of an
  /// answer: clients answer 5.00 to a package that they cannot use, and to one that does not fit.
  private void refused(Failure failure) {
    draft.refused = Optional.of(failure);
    ask();
  }

  private static FailureClass ofTransfer(int code) {
    return switch (code) {
      case INCOMPLETE, UNAVAILABLE, 500 -> FailureClass.TRANSPORT;
      case TOO_LARGE -> FailureClass.STORAGE;
      default -> FailureClass.UNSUPPORTED;
    };
  }

  private void moved(long bytes) {
    if (draft.phase == Phase.TRANSFERRING && bytes > draft.bytesMoved) {
      draft.bytesMoved = Math.min(bytes, draft.wanted.bytes());
      draft.lastProgress = now;
    }
  }

  private void reported(DeviceReport report) {
    Optional<DeviceStage> stage = DeviceStage.of(draft.object, report.state());
    if (!Optional.of(report).equals(draft.report)) {
      draft.report = Optional.of(report);
      draft.note(
          now,
          "%s: state %d, result %d%s"
              .formatted(
                  Explanation.stage(draft.object, report),
                  report.state(),
                  report.result(),
                  report
                      .version()
                      .filter(version -> !version.isEmpty())
                      .map(version -> ", version " + version)
                      .orElse("")));
    }
    if (stage.isEmpty()) {
      fail(
          new Failure(
              FailureClass.MISBEHAVIOUR,
              "it reports state %d, which object %d does not have"
                  .formatted(report.state(), draft.object.id())));
    } else if (draft.phase != Phase.PAUSING) {
      judge(stage.get(), report);
    }
  }

  private void judge(DeviceStage stage, DeviceReport report) {
    if (isDone(stage, report)) {
      draft.failure = Optional.empty();
      draft.onItsWay = Optional.empty();
      enter(Phase.SUCCEEDED, "installed");
      return;
    }
    if (!draft.staleResult.equals(Optional.of(report.result()))) {
      draft.staleResult = Optional.empty();
    }
    Optional<Failure> failure =
        draft.staleResult.isPresent()
            ? Optional.empty()
            : ResultCode.failure(draft.object, report.result());
    if (failure.isPresent() && draft.handedOver && stage == DeviceStage.IDLE) {
      fail(failure.get());
      return;
    }
    if (draft.refused.isPresent() && isWhereItWas(stage)) {
      fail(draft.refused.get());
      return;
    }
    draft.refused = Optional.empty();
    if (stage != DeviceStage.READY) {
      draft.doubt = Optional.empty();
    }
    switch (stage) {
      case IDLE -> idle(report);
      case DOWNLOADING, CHECKING -> downloading();
      case READY -> ready();
      case INSTALLING ->
          enter(
              draft.installOrdered ? Phase.INSTALLING : Phase.CLEARING,
              draft.installOrdered ? "it installs" : "it installs something else");
      case INSTALLED -> installed(report, failure);
    }
  }

  /// Whether nothing came of what was refused.
  private boolean isWhereItWas(DeviceStage stage) {
    return switch (draft.phase) {
      case INSTALLING -> stage == DeviceStage.READY;
      case ACTIVATING -> stage == DeviceStage.INSTALLED;
      case ASKING, CLEARING, TRANSFERRING, PAUSING, SUCCEEDED, FAILED, CANCELLED ->
          stage != DeviceStage.READY;
    };
  }

  private boolean isDone(DeviceStage stage, DeviceReport report) {
    String version = draft.wanted.version();
    return switch (draft.object) {
      case FIRMWARE ->
          stage == DeviceStage.IDLE
              && ResultCode.isSuccess(draft.object, report.result())
              && (draft.installOrdered
                  ? !report.hasOtherVersion(version)
                  : !draft.handedOver && report.hasVersion(version));
      case SOFTWARE ->
          stage == DeviceStage.INSTALLED
              && report.hasVersion(version)
              && report.active().orElse(true);
    };
  }

  private void idle(DeviceReport report) {
    if (draft.installOrdered) {
      if (ResultCode.isSuccess(draft.object, report.result())) {
        fail(
            new Failure(
                FailureClass.MISBEHAVIOUR,
                "it reports success, but with version " + report.version().orElse("")));
      } else if (draft.object == UpdateObject.FIRMWARE
          && report.hasVersion(draft.wanted.version())
          && draft.restarted) {
        // Some clients lose the result over the restart; the version says that it worked.
        enter(Phase.SUCCEEDED, "installed; the device lost the result");
      } else if (draft.restarted) {
        fail(
            new Failure(
                FailureClass.FORGOTTEN, "after the order to install it has no package any more"));
      }
    } else if (draft.complete) {
      if (draft.restarted) {
        fail(new Failure(FailureClass.FORGOTTEN, "it has lost the package"));
      }
    } else if (draft.onItsWay.filter(UpdateMachine::hands).isEmpty()
        && (draft.phase != Phase.TRANSFERRING
            || draft.delivery == Delivery.PUSH
            || draft.restarted)) {
      handOver(report);
    }
  }

  private void downloading() {
    if (!draft.handedOver) {
      clear();
    } else if (draft.delivery == Delivery.PUSH
        && !draft.complete
        && draft.onItsWay.filter(UpdateMachine::hands).isEmpty()) {
      send(new Push(draft.bytesMoved));
      draft.restarted = false;
      enter(Phase.TRANSFERRING, "the package is sent from byte " + draft.bytesMoved + " on");
    } else {
      draft.restarted = false;
      enter(Phase.TRANSFERRING, "it downloads");
    }
  }

  private void ready() {
    boolean ours =
        draft.handedOver && (draft.complete || draft.delivery == Delivery.PULL)
            || draft.onItsWay.filter(Push.class::isInstance).isPresent();
    if (!ours) {
      clear();
    } else if (!draft.installOrdered || draft.restarted && draft.object == UpdateObject.FIRMWARE) {
      draft.complete = true;
      draft.bytesMoved = draft.wanted.bytes();
      draft.installOrdered = true;
      draft.restarted = false;
      enter(Phase.INSTALLING, "ordered to install");
      send(new Install());
    } else if (draft.restarted && draft.doubt.isEmpty()) {
      // It registered anew: that need not be a restart, and it may be installing.
      draft.doubt = Optional.of(now);
    } else if (draft.onItsWay.filter(Install.class::isInstance).isEmpty()
        && draft.doubt.filter(since -> !now.isBefore(since.plus(settling()))).isPresent()) {
      draft.note(now, "ordered to install again: nothing came of the first order");
      draft.doubt = Optional.of(now);
      draft.restarted = false;
      draft.lastProgress = now;
      send(new Install());
    }
  }

  /// How long after an order that was perhaps given a device is believed that has not begun. State
  /// 3 of object 5 says at once that it has; object 9 has no such state.
  private Duration settling() {
    return draft.patience.installation().dividedBy(draft.object == UpdateObject.FIRMWARE ? 60 : 20);
  }

  private void installed(DeviceReport report, Optional<Failure> failure) {
    if (!report.hasVersion(draft.wanted.version())) {
      if (!draft.handedOver) {
        clear();
      } else if (draft.installOrdered && (draft.restarted || failure.isPresent())) {
        fail(
            failure.orElse(
                new Failure(
                    FailureClass.REJECTED,
                    "it went back to version " + report.version().orElse("(unknown)"))));
      }
    } else if (draft.phase != Phase.ACTIVATING || draft.restarted) {
      draft.restarted = false;
      enter(Phase.ACTIVATING, "installed, and ordered to activate");
      send(new Activate());
    }
  }

  private void clear() {
    if (draft.phase != Phase.CLEARING || draft.restarted) {
      draft.restarted = false;
      draft.bytesMoved = 0;
      enter(Phase.CLEARING, "asked to drop what it had before");
      send(new Clear());
    }
  }

  private void handOver(DeviceReport report) {
    draft.handedOver = true;
    draft.restarted = false;
    draft.staleResult = Optional.of(report.result());
    switch (draft.delivery) {
      case PUSH -> {
        enter(
            Phase.TRANSFERRING,
            draft.bytesMoved == 0
                ? "the package is sent"
                : "the package is sent from byte " + draft.bytesMoved + " on");
        send(new Push(draft.bytesMoved));
      }
      case PULL -> {
        enter(Phase.TRANSFERRING, "the device is told where the package lies");
        send(new WriteUri());
      }
    }
  }

  private static boolean hands(UpdateCommand command) {
    return command instanceof Push || command instanceof WriteUri;
  }

  private void timePassed() {
    if (now.isBefore(deadline())) {
      if (mayHaveMissedWord()) {
        look();
      }
      return;
    }
    if (draft.phase == Phase.PAUSING) {
      enter(Phase.ASKING, "attempt " + draft.attempt);
      draft.lastProgress = now;
      ask();
    } else if (!draft.reachable) {
      draft.failure =
          Optional.of(
              new Failure(
                  FailureClass.TIMEOUT,
                  "no sign of the device for " + draft.patience.silence().toHours() + " hours"));
      enter(Phase.FAILED, "given up: the device is silent");
    } else {
      fail(
          new Failure(
              FailureClass.TIMEOUT,
              "nothing moved for %d s while it waited %s"
                  .formatted(limit().toSeconds(), draft.phase.waitsFor())));
    }
  }

  /// Whether the device may have told what is waited for, and nobody heard it: not all devices
  /// notify, and of those that do some send notifications that may be lost.
  private boolean mayHaveMissedWord() {
    return draft.reachable
        && draft.onItsWay.isEmpty()
        && switch (draft.phase) {
          case CLEARING, TRANSFERRING, INSTALLING, ACTIVATING -> true;
          case ASKING, PAUSING, SUCCEEDED, FAILED, CANCELLED -> false;
        };
  }

  private Duration betweenLooks() {
    return draft.patience.progress().dividedBy(LOOKS);
  }

  private void look() {
    Optional<DeviceStage> stage =
        draft.report.flatMap(report -> DeviceStage.of(draft.object, report.state()));
    if (draft.phase == Phase.CLEARING
        && draft.delivery == Delivery.PUSH
        && draft.report.isPresent()
        && stage.equals(Optional.of(DeviceStage.DOWNLOADING))) {
      // There is nothing to drop, it seems: a first block begins a download as well.
      handOver(draft.report.get());
    } else if (draft.phase == Phase.CLEARING) {
      // Some need it twice: what they were downloading becomes a package first.
      send(new Clear());
    } else {
      ask();
    }
  }

  private void fail(Failure failure) {
    draft.failure = Optional.of(failure);
    draft.refused = Optional.empty();
    draft.onItsWay = Optional.empty();
    draft.staleResult = draft.report.map(DeviceReport::result);
    boolean again = failure.kind().isRetryable() && draft.attempt < draft.patience.attempts();
    enter(again ? Phase.PAUSING : Phase.FAILED, failure.what());
    if (!again) {
      return;
    }
    boolean mayBeThere =
        failure.kind() == FailureClass.TRANSPORT || failure.kind() == FailureClass.TIMEOUT;
    if (!mayBeThere) {
      draft.bytesMoved = 0;
      draft.complete = false;
    }
    draft.installOrdered = false;
    draft.doubt = Optional.empty();
    draft.restarted = true;
    draft.handedOver = draft.bytesMoved > 0;
    draft.attempt++;
    draft.turns = 0;
  }

  /// Goes to `phase`, if it is not there, and says why.
  private void enter(Phase phase, String why) {
    draft.note(now, why);
    if (draft.phase == phase) {
      return;
    }
    if (++draft.turns > MOST_TURNS && !phase.isOver()) {
      draft.failure =
          Optional.of(
              new Failure(FailureClass.MISBEHAVIOUR, "it goes back and forth without an end"));
      draft.onItsWay = Optional.empty();
      commands.clear();
      draft.phase = Phase.FAILED;
      draft.note(now, "given up: the device goes back and forth");
      return;
    }
    draft.phase = phase;
    draft.lastProgress = now;
  }

  private void send(UpdateCommand command) {
    if (draft.phase.isOver()) {
      return;
    }
    draft.onItsWay = Optional.of(command);
    commands.add(command);
  }

  /// Asks beside whatever is on its way.
  private void ask() {
    commands.add(new Ask());
    if (draft.onItsWay.isEmpty()) {
      draft.onItsWay = Optional.of(new Ask());
    }
  }

  private Optional<Instant> wakeAt() {
    if (draft.phase.isOver()) {
      return Optional.empty();
    }
    Instant usual = now.plus(betweenLooks());
    Instant look =
        draft
            .doubt
            .map(since -> since.plus(settling()))
            .filter(settled -> settled.isAfter(now) && settled.isBefore(usual))
            .orElse(usual);
    return Optional.of(mayHaveMissedWord() && look.isBefore(deadline()) ? look : deadline());
  }

  private Instant deadline() {
    return draft.phase == Phase.PAUSING
        ? draft.lastProgress.plus(draft.patience.pauseAfter(draft.attempt - 1))
        : draft.reachable
            ? draft.lastProgress.plus(limit())
            : draft.lastContact.plus(draft.patience.silence());
  }

  private Duration limit() {
    return switch (draft.phase) {
      case INSTALLING, ACTIVATING -> draft.patience.installation();
      case ASKING, CLEARING, TRANSFERRING, PAUSING, SUCCEEDED, FAILED, CANCELLED ->
          draft.patience.progress();
    };
  }

  private static String name(UpdateCommand command) {
    return switch (command) {
      case Ask _ -> "the question for its state";
      case Clear _ -> "the order to drop the package";
      case Push _ -> "the package";
      case WriteUri _ -> "the package's URI";
      case Install _ -> "the order to install";
      case Activate _ -> "the order to activate";
    };
  }
}
