package dev.mote.orchestration.update;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How far one update of one device is; all that must be stored of it.
///
/// @param object the object that takes the package
/// @param delivery who moves the bytes
/// @param wanted the package
/// @param patience its limits
/// @param phase what it waits for
/// @param attempt number of the attempt, from 1
/// @param bytesMoved bytes of the package that the device has; kept for the next attempt to go on
///     from, unless they are of no use
/// @param handedOver whether this update has begun to give the device the package, so that what the
///     device downloads is ours
/// @param complete whether all bytes were acknowledged
/// @param installOrdered whether the order to install was given
/// @param doubt since when it is not known whether the order to install arrived
/// @param restarted whether device or service may have lost something since the device's last sign
///     of progress
/// @param staleResult a result of before, which says nothing of this attempt
/// @param refused what the device answered instead of taking the package, until it has said why
/// @param turns changes of phase in this attempt
/// @param onItsWay the command that may still be answered
/// @param reachable whether the last command came through
/// @param lastContact when the device last said anything
/// @param lastProgress when something last moved on
/// @param report the device's last word
/// @param lastCode CoAP code of the last answer, as class · 100 + detail
/// @param failure why the last attempt failed
/// @param history what happened, oldest first; the last [#MOST_ENTRIES]
public record UpdateProgress(
    UpdateObject object,
    Delivery delivery,
    UpdatePackage wanted,
    Patience patience,
    Phase phase,
    int attempt,
    long bytesMoved,
    boolean handedOver,
    boolean complete,
    boolean installOrdered,
    Optional<Instant> doubt,
    boolean restarted,
    Optional<Long> staleResult,
    Optional<Failure> refused,
    int turns,
    Optional<UpdateCommand> onItsWay,
    boolean reachable,
    Instant lastContact,
    Instant lastProgress,
    Optional<DeviceReport> report,
    Optional<Integer> lastCode,
    Optional<Failure> failure,
    List<Entry> history) {

  /// Length of the history.
  public static final int MOST_ENTRIES = 64;

  /// One line of the history.
  public record Entry(Instant at, String what) {}

  public UpdateProgress {
    history = List.copyOf(history);
  }

  /// An update that has not begun.
  static UpdateProgress fresh(
      UpdateObject object,
      Delivery delivery,
      UpdatePackage wanted,
      Patience patience,
      Instant now) {
    return new UpdateProgress(
        object,
        delivery,
        wanted,
        patience,
        Phase.ASKING,
        1,
        0,
        false,
        false,
        false,
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        true,
        now,
        now,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(new Entry(now, "started")));
  }

  public boolean isOver() {
    return phase.isOver();
  }

  /// A draft of what comes next.
  Draft draft() {
    return new Draft(this);
  }

  /// A changeable copy.
  static final class Draft {

    final UpdateObject object;
    final Delivery delivery;
    final UpdatePackage wanted;
    final Patience patience;
    Phase phase;
    int attempt;
    long bytesMoved;
    boolean handedOver;
    boolean complete;
    boolean installOrdered;
    Optional<Instant> doubt;
    boolean restarted;
    Optional<Long> staleResult;
    Optional<Failure> refused;
    int turns;
    Optional<UpdateCommand> onItsWay;
    boolean reachable;
    Instant lastContact;
    Instant lastProgress;
    Optional<DeviceReport> report;
    Optional<Integer> lastCode;
    Optional<Failure> failure;
    private final List<Entry> history;

    private Draft(UpdateProgress p) {
      object = p.object;
      delivery = p.delivery;
      wanted = p.wanted;
      patience = p.patience;
      phase = p.phase;
      attempt = p.attempt;
      bytesMoved = p.bytesMoved;
      handedOver = p.handedOver;
      complete = p.complete;
      installOrdered = p.installOrdered;
      doubt = p.doubt;
      restarted = p.restarted;
      staleResult = p.staleResult;
      refused = p.refused;
      turns = p.turns;
      onItsWay = p.onItsWay;
      reachable = p.reachable;
      lastContact = p.lastContact;
      lastProgress = p.lastProgress;
      report = p.report;
      lastCode = p.lastCode;
      failure = p.failure;
      history = new ArrayList<>(p.history);
    }

    void note(Instant at, String what) {
      if (!history.isEmpty() && history.getLast().what().equals(what)) {
        return;
      }
      history.add(new Entry(at, what));
      if (history.size() > MOST_ENTRIES) {
        history.removeFirst();
      }
    }

    UpdateProgress done() {
      return new UpdateProgress(
          object,
          delivery,
          wanted,
          patience,
          phase,
          attempt,
          bytesMoved,
          handedOver,
          complete,
          installOrdered,
          doubt,
          restarted,
          staleResult,
          refused,
          turns,
          onItsWay,
          reachable,
          lastContact,
          lastProgress,
          report,
          lastCode,
          failure,
          history);
    }
  }
}
