package dev.mote.service.rollout;

import dev.mote.orchestration.update.FailureClass;
import dev.mote.orchestration.update.Patience;
import dev.mote.service.device.UpdateEnded;
import dev.mote.service.http.Problem;
import dev.mote.service.rollout.MemberRows.Member;
import dev.mote.service.rollout.ModuleRows.Built;
import dev.mote.service.rollout.RolloutRows.Incoming;
import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.DeviceTurn;
import dev.mote.service.rollout.machine.Phase;
import dev.mote.service.rollout.machine.RolloutEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// What one step of a rollout does with single devices: begins their updates, brings them back, and
/// takes how that ended.
final class DeviceTurns {

  private static final int UPDATE_RUNS = 8303;

  /// When a device that is busy with another update is tried again.
  static final Duration BUSY = Duration.ofMinutes(1);

  private final RolloutParts parts;
  private final Rollout rollout;
  private final UUID id;
  private final Instant now;
  private final WaveCounts counts;
  private final ModuleSupply supply;
  private boolean more;

  DeviceTurns(
      RolloutParts parts, Rollout rollout, Instant now, WaveCounts counts, ModuleSupply supply) {
    this.parts = parts;
    this.rollout = rollout;
    this.id = rollout.id();
    this.now = now;
    this.counts = counts;
    this.supply = supply;
  }

  /// Whether there are more devices whose turn it is than one step takes.
  boolean isMore() {
    return more;
  }

  /// Begins updates of devices whose turn it is.
  ///
  /// @return what the machine is to hear of it; empty when there are none
  Optional<RolloutEvent> begin(int most, int wave) {
    int limit = Math.min(most, parts.batch());
    List<Member> ready = parts.members().ready(id, wave, limit, now);
    int begun = 0;
    for (Member member : ready) {
      if (member.runsIt()) {
        turn(member, DeviceTurn.to(DeviceState.SUCCEEDED), "it runs this module already");
      } else if (send(member, member.module().orElseThrow(), DeviceState.RUNNING)) {
        begun++;
      }
    }
    more |= ready.size() == limit && limit < most;
    return ready.isEmpty() ? Optional.empty() : Optional.of(new RolloutEvent.Begun(begun));
  }

  /// Begins an update; a refusal is the device's alone.
  private boolean send(Member member, UUID module, DeviceState next) {
    DeviceState refused =
        next == DeviceState.RUNNING ? DeviceState.SKIPPED : DeviceState.NOT_RETURNED;
    try {
      UUID update =
          parts
              .attempt()
              .execute(
                  _ ->
                      parts
                          .updates()
                          .begin(
                              rollout.tenant(),
                              member.device(),
                              module,
                              rollout.delivery(),
                              patience(),
                              requester(id)));
      parts.members().began(id, member, next, Objects.requireNonNull(update), now);
      counts.move(member.wave(), member.state(), next, 1);
      return true;
    } catch (Problem problem) {
      turn(
          member,
          problem.code() == UPDATE_RUNS
              ? new DeviceTurn(member.state(), Optional.of(BUSY))
              : DeviceTurn.to(refused),
          problem.what());
      return false;
    }
  }

  /// The name by which a rollout asks for updates.
  static String requester(UUID rollout) {
    return "rollout:" + rollout;
  }

  private Patience patience() {
    Patience usual = Patience.STANDARD;
    return new Patience(
        usual.progress(),
        usual.installation(),
        rollout.plan().stragglers().isPositive() ? rollout.plan().stragglers() : usual.silence(),
        usual.attempts(),
        usual.pause());
  }

  private void turn(Member member, DeviceTurn turn, String reason) {
    parts.members().turned(id, member, turn, false, true, Optional.empty(), reason, now);
    counts.move(member.wave(), member.state(), turn.next(), 1);
  }

  /// Cancels the updates that run.
  void cancelRunning(String why) {
    parts.members().recall(id);
    for (Member member : parts.members().running(id)) {
      member.update().ifPresent(update -> parts.updates().cancel(rollout.tenant(), update, why));
    }
  }

  /// Begins to bring devices back.
  ///
  /// @return what the machine is to hear of it; empty when there are none
  Optional<RolloutEvent> goBack(int most) {
    int limit = Math.min(most, parts.batch());
    List<Member> some = parts.members().returning(id, limit, now);
    for (Member member : some) {
      Built former =
          supply.former(member.formerIdentity().orElseThrow(), member.formerVersion().orElse(""));
      if (former.module().isPresent()) {
        send(member, former.module().get(), DeviceState.GOING_BACK);
      } else {
        turn(member, DeviceTurn.to(DeviceState.NOT_RETURNED), former.failure());
      }
    }
    more |= some.size() == limit && limit < most;
    return some.isEmpty() ? Optional.empty() : Optional.of(new RolloutEvent.Counted());
  }

  /// An update has ended, as `event` says.
  void ended(Incoming event, Phase phase) {
    Optional<Member> found = event.device().flatMap(device -> parts.members().find(id, device));
    if (found.isEmpty() || !found.get().update().equals(event.update())) {
      return;
    }
    Member member = found.get();
    Optional<FailureClass> failure = event.failure().map(FailureClass::valueOf);
    DeviceTurn.Outcome outcome =
        switch (UpdateEnded.Outcome.valueOf(event.outcome().orElseThrow())) {
          case SUCCEEDED -> DeviceTurn.Outcome.SUCCEEDED;
          case FAILED -> DeviceTurn.Outcome.FAILED;
          case CANCELLED ->
              member.recalled() ? DeviceTurn.Outcome.RECALLED : DeviceTurn.Outcome.CANCELLED;
        };
    boolean forth = member.state() == DeviceState.RUNNING;
    if (!forth && member.state() != DeviceState.GOING_BACK) {
      return;
    }
    DeviceTurn turn =
        forth
            ? DeviceTurn.updated(
                rollout.plan(), phase, member.attempts(), member.hadOne(), outcome, failure)
            : DeviceTurn.returned(rollout.plan(), member.returns(), outcome, failure);
    parts
        .members()
        .turned(
            id,
            member,
            turn,
            forth && DeviceTurn.isDoubtful(outcome, failure),
            !forth || outcome != DeviceTurn.Outcome.RECALLED,
            failure.map(Enum::name),
            event.words(),
            now);
    counts.move(member.wave(), member.state(), turn.next(), 1);
  }
}
