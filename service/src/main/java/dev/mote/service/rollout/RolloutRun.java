package dev.mote.service.rollout;

import dev.mote.builder.DeviceFacts;
import dev.mote.orchestration.update.FailureClass;
import dev.mote.orchestration.update.Patience;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Role;
import dev.mote.service.compilation.BuildResult;
import dev.mote.service.device.UpdateEnded;
import dev.mote.service.http.Problem;
import dev.mote.service.registry.Module;
import dev.mote.service.rollout.MemberRows.Built;
import dev.mote.service.rollout.MemberRows.Member;
import dev.mote.service.rollout.MemberRows.Moved;
import dev.mote.service.rollout.RolloutRows.Incoming;
import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.DeviceTurn;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.dao.TransientDataAccessException;

/// One step of one rollout, within the transaction that has locked it: takes what came in, asks the
/// machine, does what it says, and stores where it is.
///
/// A long file: the commands of the machine, one after the other.
final class RolloutRun {

  private static final int MOST_ROUNDS = 20;
  private static final int UPDATE_RUNS = 8303;
  private static final Duration BUILD_LOOK = Duration.ofSeconds(15);
  private static final Duration BUSY = Duration.ofMinutes(1);

  private final RolloutParts parts;
  private final Rollout rollout;
  private final UUID id;
  private final Instant now;
  private final List<Tally> waves;
  private final Set<Integer> dirty = new TreeSet<>();
  private RolloutState state;
  private Optional<Instant> wake = Optional.empty();
  private boolean more;

  /// Whether modules could not be asked for now, for want of a quota say.
  private boolean refused;

  RolloutRun(RolloutParts parts, Rollout rollout, Instant now) {
    this.parts = parts;
    this.rollout = rollout;
    this.id = rollout.id();
    this.now = now;
    this.state = rollout.state();
    this.waves = new ArrayList<>(parts.rollouts().tallies(id));
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
        case "ENDED" -> ended(one);
        case "CHANGED" -> one.device().ifPresent(changed::add);
        case "BUILT" -> built = true;
        case "REFRESH" -> refresh = true;
        default -> throw new IllegalStateException(one.kind());
      }
    }
    if (refresh) {
      parts.members().refresh(id, List.of());
    }
    if (!changed.isEmpty()) {
      changed(changed);
    }
    if (built || refresh || !changed.isEmpty() || incoming.isEmpty()) {
      build();
    }
    drive(incoming.isEmpty() ? new RolloutEvent.TimePassed() : new RolloutEvent.Counted());
    more |= incoming.size() == parts.batch();
    return more;
  }

  /// Tells the machine, does what it says, and stores the rest.
  void drive(RolloutEvent first) {
    RolloutEvent event = first;
    boolean changed = true;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
      Step step = RolloutMachine.on(rollout.plan(), state, waves, event, now);
      boolean next = state.wave() != step.next().wave();
      state = step.next();
      wake = step.wakeAt();
      step.notes().forEach(note -> parts.rollouts().note(rollout, now, note));
      if (next) {
        // What a device said while it was not waited for may have been missed.
        parts.members().refresh(id, List.of());
      }
      event = new RolloutEvent.Counted();
      changed = false;
      for (RolloutCommand command : step.commands()) {
        Optional<RolloutEvent> follows = carryOut(command);
        changed |= follows.isPresent();
        event = follows.orElse(event);
      }
    }
    more |= changed;
    save();
  }

  /// @return what the machine is to hear of it; empty when nothing changed
  private Optional<RolloutEvent> carryOut(RolloutCommand command) {
    return switch (command) {
      case RolloutCommand.Prepare() -> Optional.of(prepare());
      case RolloutCommand.Begin(int most, int wave) -> begin(most, wave);
      case RolloutCommand.AskGate() ->
          Optional.of(new RolloutEvent.Read(parts.gate().read(rollout.tenant(), id)));
      case RolloutCommand.CancelRunning(String why) -> {
        cancelRunning(why);
        yield Optional.empty();
      }
      case RolloutCommand.SkipWaiting(String why) ->
          counted(parts.members().skipWaiting(id, why, now), DeviceState.SKIPPED);
      case RolloutCommand.MarkReturning() -> {
        Optional<RolloutEvent> marked =
            counted(parts.members().markReturning(id, now), DeviceState.RETURNING);
        yield Optional.of(marked.orElseGet(RolloutEvent.Counted::new));
      }
      case RolloutCommand.GoBack(int most) -> goBack(most);
      case RolloutCommand.GiveUpReturning(String why) -> {
        cancelRunning(why);
        yield counted(parts.members().giveUp(id, why, now), DeviceState.NOT_RETURNED);
      }
    };
  }

  private RolloutEvent prepare() {
    Matching matching = matching();
    int total = parts.members().countMatching(rollout.tenant(), matching);
    List<Integer> sizes = rollout.plan().sizes(total);
    List<Integer> bounds = new ArrayList<>();
    int before = 0;
    for (int size : sizes.subList(0, sizes.size() - 1)) {
      before += size;
      bounds.add(before);
    }
    for (int wave = 0; wave < sizes.size(); wave++) {
      waves.add(Tally.NONE);
      dirty.add(wave);
    }
    parts
        .members()
        .collect(rollout, matching, bounds, now)
        .forEach(added -> add(added.wave(), DeviceState.WAITING, added.devices()));
    build();
    // Once more after this is seen by those that tell of changes.
    put("REFRESH");
    more = true;
    return new RolloutEvent.Prepared();
  }

  private void put(String kind) {
    parts
        .rollouts()
        .put(
            id,
            new Incoming(
                kind, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), ""));
  }

  /// Asks for modules for facts that came up, and gives those that are there to their devices.
  private void build() {
    Map<String, String> texts = parts.members().newFacts(id);
    if (!texts.isEmpty() && state.phase() != Phase.STOPPING) {
      Map<DeviceFacts, String> digests = new HashMap<>();
      texts.forEach((digest, text) -> digests.put(facts(text), digest));
      request(digests);
    }
    for (UUID build : parts.members().openBuilds(id)) {
      parts
          .compilation()
          .result(rollout.tenant(), build)
          .filter(result -> result.state().isEnded())
          .ifPresent(result -> built(build, result));
    }
    parts.members().giveModules(id);
    counted(parts.members().skipUnbuilt(id, now), DeviceState.SKIPPED);
  }

  private void request(Map<DeviceFacts, String> digests) {
    try {
      parts
          .attempt()
          .executeWithoutResult(
              _ ->
                  parts
                      .compilation()
                      .request(caller(), rollout.version(), digests.keySet(), rollout.options())
                      .forEach(
                          (facts, build) ->
                              parts
                                  .members()
                                  .building(
                                      id, digests.getOrDefault(facts, facts.digest()), build)));
    } catch (Problem problem) {
      if (rollout.state().stage() == Stage.PREPARING) {
        // Whoever starts it is told.
        throw problem;
      }
      refused = true;
    }
  }

  private void built(UUID build, BuildResult result) {
    Built built = new Built(result.module(), result.failure().orElse("its build was cancelled"));
    parts.members().built(id, build, built);
    if (built.module().isPresent()) {
      use(built.module().get());
    } else {
      note("there is no module for some devices: " + built.failure());
    }
  }

  private void use(UUID module) {
    parts.registry().use(rollout.tenant(), module, "rollout:" + id);
  }

  static DeviceFacts facts(String json) {
    return DeviceFacts.parse(RolloutJson.map(json));
  }

  private void changed(Set<UUID> devices) {
    Matching matching = matching();
    boolean open = isOpen();
    if (rollout.plan().openUntil().isPresent()) {
      counted(parts.members().leave(rollout, devices, matching, now), DeviceState.SKIPPED);
    }
    if (open && !waves.isEmpty()) {
      List<List<Moved>> joined =
          parts.members().join(rollout, devices, matching, waves.size() - 1, now);
      joined.get(0).forEach(one -> add(one.wave(), DeviceState.WAITING, one.devices()));
      counted(joined.get(1), DeviceState.WAITING);
    }
    parts.members().refresh(id, devices);
  }

  private boolean isOpen() {
    return (state.phase() == Phase.RUNNING || state.phase() == Phase.PAUSED)
        && rollout.plan().openUntil().filter(now::isBefore).isPresent();
  }

  private Matching matching() {
    return Matching.of(id, rollout.target(), now);
  }

  private Optional<RolloutEvent> begin(int most, int wave) {
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
                              "rollout:" + id));
      parts.members().began(id, member, next, Objects.requireNonNull(update), now);
      move(member.wave(), member.state(), next, 1);
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
    move(member.wave(), member.state(), turn.next(), 1);
  }

  private void cancelRunning(String why) {
    parts.members().recall(id);
    for (Member member : parts.members().running(id)) {
      member.update().ifPresent(update -> parts.updates().cancel(rollout.tenant(), update, why));
    }
  }

  private Optional<RolloutEvent> goBack(int most) {
    int limit = Math.min(most, parts.batch());
    List<Member> some = parts.members().returning(id, limit, now);
    for (Member member : some) {
      Built former =
          former(member.formerIdentity().orElseThrow(), member.formerVersion().orElse(""));
      if (former.module().isPresent()) {
        send(member, former.module().get(), DeviceState.GOING_BACK);
      } else {
        turn(member, DeviceTurn.to(DeviceState.NOT_RETURNED), former.failure());
      }
    }
    more |= some.size() == limit && limit < most;
    return some.isEmpty() ? Optional.empty() : Optional.of(new RolloutEvent.Counted());
  }

  private Built former(String identity, String version) {
    return parts
        .members()
        .former(id, identity, version)
        .orElseGet(
            () -> {
              Built built = reissued(identity, version);
              parts.members().former(id, identity, version, built);
              built.module().ifPresent(this::use);
              return built;
            });
  }

  private Built reissued(String identity, String version) {
    Optional<Module> module =
        version.matches("[0-9]{1,18}")
            ? parts.registry().module(rollout.tenant(), identity, Long.parseLong(version))
            : Optional.empty();
    if (module.isEmpty()) {
      return new Built(
          Optional.empty(),
          "the module that it ran (%s, version %s) is not in the registry"
              .formatted(identity, version));
    }
    try {
      return new Built(
          Optional.ofNullable(
              parts
                  .attempt()
                  .execute(_ -> parts.compilation().reissue(rollout.tenant(), module.get().id()))),
          "");
    } catch (TransientDataAccessException e) {
      throw e;
    } catch (RuntimeException e) {
      return new Built(
          Optional.empty(), "the module that it ran cannot be issued again: " + e.getMessage());
    }
  }

  private void ended(Incoming event) {
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
                rollout.plan(), state.phase(), member.attempts(), member.hadOne(), outcome, failure)
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
    move(member.wave(), member.state(), turn.next(), 1);
  }

  private Optional<RolloutEvent> counted(List<Moved> moved, DeviceState to) {
    moved.forEach(one -> move(one.wave(), one.from(), to, one.devices()));
    return moved.isEmpty() ? Optional.empty() : Optional.of(new RolloutEvent.Counted());
  }

  private void move(int wave, DeviceState from, DeviceState to, int devices) {
    add(wave, from, -devices);
    add(wave, to, devices);
  }

  private void add(int wave, DeviceState to, int devices) {
    waves.set(wave, waves.get(wave).plus(to, devices));
    dirty.add(wave);
  }

  private void note(String what) {
    parts.rollouts().note(rollout, now, what);
  }

  private Caller caller() {
    return new Caller(
        rollout.tenant(),
        rollout.createdBy(),
        rollout.creator(),
        Set.of(Role.DEVELOPER, Role.OPERATOR),
        false);
  }

  private void save() {
    for (int wave : dirty) {
      parts.rollouts().write(id, wave, waves.get(wave));
    }
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
    if (state.phase() == Phase.RUNNING && !parts.members().openBuilds(id).isEmpty()) {
      // Its end may have come while it was being asked for.
      Instant look = now.plus(BUILD_LOOK);
      next = next.filter(look::isAfter).or(() -> Optional.of(look));
    }
    if (refused) {
      Instant again = now.plus(BUSY);
      next = next.filter(again::isAfter).or(() -> Optional.of(again));
    }
    parts.rollouts().save(rollout, state, isOpen(), more ? Optional.of(now) : next, now);
    if (ends) {
      for (UUID module : new HashSet<>(parts.members().modules(id))) {
        parts.registry().release(rollout.tenant(), module, "rollout:" + id);
      }
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
    if (!dirty.isEmpty()) {
      parts.events().publish(rollout.tenant(), "rollout.progress", id.toString(), Tally.sum(waves));
    }
  }
}
