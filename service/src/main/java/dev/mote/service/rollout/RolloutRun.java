package dev.mote.service.rollout;

import dev.mote.service.access.Quota;
import dev.mote.service.rollout.RolloutRows.Incoming;
import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.Phase;
import dev.mote.service.rollout.machine.RolloutCommand;
import dev.mote.service.rollout.machine.RolloutEvent;
import dev.mote.service.rollout.machine.RolloutMachine;
import dev.mote.service.rollout.machine.RolloutState;
import dev.mote.service.rollout.machine.Stage;
import dev.mote.service.rollout.machine.Step;
import dev.mote.service.rollout.machine.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// One step of one rollout, within the transaction that has locked it: takes what came in, asks the
/// machine, does what it says, and stores where it is.
final class RolloutRun {

  private static final int MOST_ROUNDS = 20;
  private static final Duration BUILD_LOOK = Duration.ofSeconds(15);
  private static final Duration REFUSED_LOOK = Duration.ofMinutes(1);

  private final RolloutParts parts;
  private final Rollout rollout;
  private final UUID id;
  private final Instant now;
  private final WaveCounts counts;
  private final ModuleSupply supply;
  private final DeviceTurns turns;
  private RolloutState state;
  private Optional<Instant> wake = Optional.empty();
  private boolean more;

  RolloutRun(RolloutParts parts, Rollout rollout, Instant now) {
    this.parts = parts;
    this.rollout = rollout;
    this.id = rollout.id();
    this.now = now;
    this.state = rollout.state();
    this.counts = new WaveCounts(parts.rollouts(), id);
    this.supply = new ModuleSupply(parts, rollout, now, counts);
    this.turns = new DeviceTurns(parts, rollout, now, counts, supply);
  }

  /// Takes what came in and does what follows.
  ///
  /// @return whether there is more to do at once
  boolean step() {
    List<Incoming> incoming = parts.rollouts().take(id, parts.batch());
    Set<UUID> changed = new LinkedHashSet<>();
    boolean built = false;
    boolean refresh = false;
    for (Incoming one : incoming) {
      switch (one.kind()) {
        case "ENDED" -> turns.ended(one, state.phase());
        case "CHANGED" -> one.device().ifPresent(changed::add);
        case "BUILT" -> built = true;
        case "REFRESH" -> refresh = true;
        default -> throw new IllegalStateException(one.kind());
      }
    }
    if (refresh) {
      parts.membership().refresh(id, List.of());
    }
    if (!changed.isEmpty()) {
      changed(changed);
    }
    if (built || refresh || !changed.isEmpty() || incoming.isEmpty()) {
      supply.supply(state.phase());
    }
    drive(incoming.isEmpty() ? new RolloutEvent.TimePassed() : new RolloutEvent.Counted());
    return more || incoming.size() == parts.batch();
  }

  /// Tells the machine, does what it says, and stores the rest.
  void drive(RolloutEvent first) {
    RolloutEvent event = first;
    boolean changed = true;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
      int asleep = parts.updates().asleep(rollout.tenant(), DeviceTurns.requester(id));
      Step step = RolloutMachine.on(rollout.plan(), state, counts.all(), asleep, event, now);
      boolean next = state.wave() != step.next().wave();
      state = step.next();
      wake = step.wakeAt();
      step.notes().forEach(note -> parts.rollouts().note(rollout, now, note));
      if (next) {
        // What a device said while it was not waited for may have been missed.
        parts.membership().refresh(id, List.of());
      }
      event = new RolloutEvent.Counted();
      changed = false;
      for (RolloutCommand command : step.commands()) {
        Optional<RolloutEvent> follows = carryOut(command);
        changed |= follows.isPresent();
        event = follows.orElse(event);
      }
    }
    more |= changed || turns.isMore();
    save();
  }

  /// @return what the machine is to hear of it; empty when nothing changed
  private Optional<RolloutEvent> carryOut(RolloutCommand command) {
    return switch (command) {
      case RolloutCommand.Prepare() -> Optional.of(prepare());
      case RolloutCommand.Begin(int most, int wave) -> turns.begin(most, wave);
      case RolloutCommand.AskGate() ->
          Optional.of(new RolloutEvent.Read(parts.gate().read(rollout.tenant(), id)));
      case RolloutCommand.CancelRunning(String why) -> {
        turns.cancelRunning(why);
        yield Optional.empty();
      }
      case RolloutCommand.SkipWaiting(String why) ->
          counts.move(parts.members().skipWaiting(id, why, now), DeviceState.SKIPPED);
      case RolloutCommand.MarkReturning() -> {
        Optional<RolloutEvent> marked =
            counts.move(parts.members().markReturning(id, now), DeviceState.RETURNING);
        yield Optional.of(marked.orElseGet(RolloutEvent.Counted::new));
      }
      case RolloutCommand.GoBack(int most) -> turns.goBack(most);
      case RolloutCommand.GiveUpReturning(String why) -> {
        turns.cancelRunning(why);
        yield counts.move(parts.members().giveUp(id, why, now), DeviceState.NOT_RETURNED);
      }
    };
  }

  private RolloutEvent prepare() {
    Matching matching = matching();
    int total = parts.membership().countMatching(rollout.tenant(), matching);
    List<Integer> sizes = rollout.plan().sizes(total);
    List<Integer> bounds = new ArrayList<>();
    int before = 0;
    for (int size : sizes.subList(0, sizes.size() - 1)) {
      before += size;
      bounds.add(before);
    }
    counts.begin(sizes.size());
    parts
        .membership()
        .collect(rollout, matching, bounds, now)
        .forEach(added -> counts.add(added.wave(), DeviceState.WAITING, added.devices()));
    supply.supply(state.phase());
    // Once more after this is seen by those that tell of changes.
    parts.rollouts().put(id, Incoming.of("REFRESH"));
    more = true;
    return new RolloutEvent.Prepared();
  }

  private void changed(Set<UUID> devices) {
    Matching matching = matching();
    boolean open = isOpen();
    if (rollout.plan().openUntil().isPresent()) {
      counts.move(parts.membership().leave(rollout, devices, matching, now), DeviceState.SKIPPED);
    }
    if (open && !counts.all().isEmpty()) {
      List<List<Moved>> joined =
          parts.membership().join(rollout, devices, matching, counts.all().size() - 1, now);
      joined.get(0).forEach(one -> counts.add(one.wave(), DeviceState.WAITING, one.devices()));
      counts.move(joined.get(1), DeviceState.WAITING);
    }
    parts.membership().refresh(id, devices);
  }

  private boolean isOpen() {
    return (state.phase() == Phase.RUNNING || state.phase() == Phase.PAUSED)
        && rollout.plan().openUntil().filter(now::isBefore).isPresent();
  }

  private Matching matching() {
    return Matching.of(id, rollout.target(), now);
  }

  private void save() {
    counts.save();
    Optional<Instant> next = wake;
    if (state.phase() == Phase.RUNNING || state.phase() == Phase.ROLLING_BACK) {
      Optional<Instant> retry = parts.members().nextTry(id).map(at -> at.isAfter(now) ? at : now);
      // What is due and cannot begin waits for something else.
      next =
          retry.filter(now::isBefore).isPresent()
                  && (next.isEmpty() || retry.get().isBefore(next.get()))
              ? retry
              : next;
    }
    boolean ends = state.phase().isOver() && !rollout.state().phase().isOver();
    if (state.phase() == Phase.RUNNING && supply.isOpen()) {
      // Its end may have come while it was being asked for.
      Instant look = now.plus(BUILD_LOOK);
      next = next.filter(look::isAfter).or(() -> Optional.of(look));
    }
    if (supply.isRefused()) {
      Instant again = now.plus(REFUSED_LOOK);
      next = next.filter(again::isAfter).or(() -> Optional.of(again));
    }
    parts.rollouts().save(rollout, state, isOpen(), more ? Optional.of(now) : next, now);
    if (ends) {
      supply.release();
      parts.quotas().give(rollout.tenant(), Quota.ROLLOUTS_AT_ONCE, 1);
    } else if (rollout.state().phase().isOver() && !state.phase().isOver()) {
      parts.quotas().take(rollout.tenant(), Quota.ROLLOUTS_AT_ONCE, 1);
    }
    publish();
  }

  private void publish() {
    RolloutState former = rollout.state();
    if (former.phase() != state.phase()
        || former.wave() != state.wave()
        || former.stage() != state.stage()) {
      parts
          .events()
          .publish(
              rollout.tenant(),
              "rollout.changed",
              id.toString(),
              Map.of(
                  "phase",
                  state.phase(),
                  "stage",
                  state.stage() == Stage.PREPARING ? "" : state.stage().name(),
                  "wave",
                  state.wave() + 1,
                  "reason",
                  state.reason()));
    }
    if (counts.isChanged()) {
      parts
          .events()
          .publish(rollout.tenant(), "rollout.progress", id.toString(), Tally.sum(counts.all()));
    }
  }
}
