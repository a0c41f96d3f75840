package dev.mote.service.rollout;

import dev.mote.service.access.Quotas;
import dev.mote.service.compilation.Compilation;
import dev.mote.service.device.Updates;
import dev.mote.service.event.Events;
import dev.mote.service.registry.Registry;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/// What a step of a rollout works with.
///
/// @param attempt runs something within the transaction that may fail without failing the rest
record RolloutParts(
    RolloutRows rollouts,
    MembershipRows membership,
    MemberRows members,
    ModuleRows modules,
    Compilation compilation,
    Updates updates,
    Registry registry,
    TelemetryGate gate,
    Events events,
    Quotas quotas,
    TransactionTemplate attempt,
    int batch) {

  /// Puts them together; who drives updates tells rollouts of them, and is found later.
  @Component
  static final class Source implements Supplier<RolloutParts> {

    private final ObjectProvider<Compilation> compilation;
    private final ObjectProvider<Updates> updates;
    private final ObjectProvider<Registry> registry;
    private final TelemetryGate gate;
    private final RolloutRows rollouts;
    private final MembershipRows membership;
    private final MemberRows members;
    private final ModuleRows modules;
    private final Events events;
    private final Quotas quotas;
    private final RolloutSettings settings;
    private final TransactionTemplate attempt;

    Source(
        ObjectProvider<Compilation> compilation,
        ObjectProvider<Updates> updates,
        ObjectProvider<Registry> registry,
        TelemetryGate gate,
        RolloutRows rollouts,
        MembershipRows membership,
        MemberRows members,
        ModuleRows modules,
        Events events,
        Quotas quotas,
        RolloutSettings settings,
        PlatformTransactionManager transactions) {
      this.compilation = compilation;
      this.updates = updates;
      this.registry = registry;
      this.gate = gate;
      this.rollouts = rollouts;
      this.membership = membership;
      this.members = members;
      this.modules = modules;
      this.events = events;
      this.quotas = quotas;
      this.settings = settings;
      this.attempt = nested(transactions);
    }

    static TransactionTemplate nested(PlatformTransactionManager transactions) {
      TransactionTemplate template = new TransactionTemplate(transactions);
      template.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
      return template;
    }

    @Override
    public RolloutParts get() {
      return new RolloutParts(
          rollouts,
          membership,
          members,
          modules,
          compilation.getObject(),
          updates.getObject(),
          registry.getObject(),
          gate,
          events,
          quotas,
          attempt,
          settings.batch());
    }
  }
}
