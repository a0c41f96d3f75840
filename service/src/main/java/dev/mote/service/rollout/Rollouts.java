package dev.mote.service.rollout;

import dev.mote.builder.DeviceFacts;
import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.compilation.Compilation;
import dev.mote.service.database.Ids;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import dev.mote.service.registry.Registry;
import dev.mote.service.rollout.machine.Action;
import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.RolloutPlan;
import dev.mote.service.rollout.machine.RolloutState;
import dev.mote.service.rollout.machine.Tally;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// What people do with rollouts.
@Component
class Rollouts {

  private static final int SOME = 20;

  private final RolloutRows rows;
  private final MembershipRows membership;
  private final MemberRows members;
  private final RolloutExecutor executor;
  private final RolloutWorker worker;
  private final ObjectProvider<Registry> registry;
  private final ObjectProvider<Compilation> compilation;
  private final Quotas quotas;
  private final Audit audit;
  private final RolloutSettings settings;
  private final Clock clock;

  Rollouts(
      RolloutRows rows,
      MembershipRows membership,
      MemberRows members,
      RolloutExecutor executor,
      RolloutWorker worker,
      ObjectProvider<Registry> registry,
      ObjectProvider<Compilation> compilation,
      Quotas quotas,
      Audit audit,
      RolloutSettings settings,
      Clock clock) {
    this.rows = rows;
    this.membership = membership;
    this.members = members;
    this.executor = executor;
    this.worker = worker;
    this.registry = registry;
    this.compilation = compilation;
    this.quotas = quotas;
    this.audit = audit;
    this.settings = settings;
    this.clock = clock;
  }

  Page<RolloutView> list(UUID tenant, PageRequest page) {
    List<Rollout> found = rows.list(tenant, page.beforeOrLast(), page.rows());
    Map<UUID, List<Tally>> tallies = rows.tallies(found.stream().map(Rollout::id).toList());
    List<RolloutView> views =
        found.stream()
            .map(
                rollout ->
                    RolloutView.of(
                        rollout, tallies.getOrDefault(rollout.id(), List.of()), clock.instant()))
            .toList();
    return Page.of(views, page, RolloutView::id);
  }

  RolloutView show(UUID tenant, UUID id) {
    return view(find(tenant, id));
  }

  private RolloutView view(Rollout rollout) {
    return RolloutView.of(rollout, rows.tallies(rollout.id()), clock.instant());
  }

  private Rollout find(UUID tenant, UUID id) {
    return rows.find(tenant, id).orElseThrow(() -> Problem.notFound("rollout", id));
  }

  Page<MemberRows.Shown> devices(
      UUID tenant, UUID id, Optional<DeviceState> state, PageRequest page) {
    find(tenant, id);
    return Page.of(
        members.list(tenant, id, state, page.afterOrFirst(), page.rows()),
        page,
        MemberRows.Shown::device);
  }

  Page<RolloutRows.Note> history(UUID tenant, UUID id, PageRequest page) {
    find(tenant, id);
    return Page.of(
        rows.notes(tenant, id, page.afterOrFirst(), page.rows()), page, RolloutRows.Note::id);
  }

  @Transactional
  public RolloutView create(Caller caller, RolloutRequest wanted) {
    Rollout rollout = rollout(caller, wanted);
    quotas.take(caller.tenant(), Quota.ROLLOUTS_AT_ONCE, 1);
    rows.insert(rollout);
    rows.note(rollout, rollout.created(), "made by " + caller.name());
    audit.record(
        caller,
        "rollout.create",
        "rollout/" + rollout.id(),
        Map.of("name", rollout.name(), "version", rollout.version()));
    return view(rollout);
  }

  private Rollout rollout(Caller caller, RolloutRequest wanted) {
    RolloutPlan plan = wanted.plan(settings.approval());
    Instant now = clock.instant();
    if (registry.getObject().version(caller.tenant(), wanted.version()).isEmpty()) {
      throw Problem.notFound("version", wanted.version());
    }
    return new Rollout(
        Ids.next(),
        caller.tenant(),
        wanted.name(),
        wanted.version(),
        wanted.checkedTarget(),
        plan,
        wanted.checkedOptions(),
        wanted.delivery(),
        RolloutState.fresh(plan, now),
        now,
        caller.user(),
        caller.name(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  DryRun dryRun(Caller caller, RolloutRequest wanted) {
    Rollout rollout = rollout(caller, wanted);
    Matching matching = Matching.of(rollout.id(), rollout.target(), clock.instant());
    int there = 0;
    int total = 0;
    int unknown = 0;
    Map<DeviceFacts, Integer> facts = new LinkedHashMap<>();
    for (MembershipRows.Alike alike : membership.alike(caller.tenant(), matching)) {
      total += alike.devices();
      there += alike.there();
      if (alike.facts().isPresent()) {
        facts.merge(ModuleSupply.facts(alike.facts().get()), alike.devices(), Integer::sum);
      } else {
        unknown += alike.devices();
      }
    }
    return new DryRun(
        total,
        there,
        unknown,
        rollout.plan().sizes(total),
        facts.isEmpty()
            ? List.of()
            : compilation
                .getObject()
                .plan(caller.tenant(), rollout.version(), facts, rollout.options())
                .builds(),
        membership.first(caller.tenant(), matching, SOME));
  }

  @Transactional
  public RolloutView act(Caller caller, UUID id, Action action) {
    Rollout rollout =
        rows.lock(caller.tenant(), id).orElseThrow(() -> Problem.notFound("rollout", id));
    if (!action.isPossible(rollout.state().phase())) {
      throw RolloutCodes.NOT_NOW.problem(
          "the rollout is %s and cannot be %s"
              .formatted(
                  rollout.state().phase().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  done(action)),
          "look at GET /v1/rollouts/%s for where it is.".formatted(id));
    }
    if (action == Action.APPROVE) {
      if (rollout.createdBy().equals(caller.user())) {
        throw RolloutCodes.SAME_PERSON.problem(
            "a rollout is approved by somebody else than who made it",
            "ask another user with the role APPROVER.");
      }
      rows.approved(id, caller.user(), caller.name());
    }
    executor.ask(rollout, action, caller.name());
    audit.record(
        caller,
        "rollout." + action.name().toLowerCase(Locale.ROOT),
        "rollout/" + id,
        Map.of("name", rollout.name()));
    worker.call();
    return show(caller.tenant(), id);
  }

  private static String done(Action action) {
    return switch (action) {
      case APPROVE -> "approved";
      case START -> "started";
      case PAUSE -> "paused";
      case RESUME -> "resumed";
      case ABORT -> "aborted";
      case ROLL_BACK -> "rolled back";
    };
  }
}
