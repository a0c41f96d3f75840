package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.Action;
import dev.mote.service.rollout.machine.RolloutEvent;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Drives rollouts: each step is one transaction that has locked its rollout, so that several
/// processes share the work, and one that is killed leaves a step undone and not half done.
@Component
final class RolloutExecutor {

  private static final Logger LOG = LoggerFactory.getLogger(RolloutExecutor.class);
  private static final int MOST_STEPS = 100;

  private final Supplier<RolloutParts> parts;
  private final RolloutRows rows;
  private final TransactionTemplate transaction;
  private final Clock clock;

  RolloutExecutor(
      Supplier<RolloutParts> parts,
      RolloutRows rows,
      TransactionTemplate transaction,
      Clock clock) {
    this.parts = parts;
    this.rows = rows;
    this.transaction = transaction;
    this.clock = clock;
  }

  /// Does what is due.
  ///
  /// @return whether anything was
  boolean runDue() {
    List<UUID> due = rows.due(clock.instant());
    boolean any = false;
    for (UUID rollout : due) {
      try {
        any |= step(rollout);
      } catch (PessimisticLockingFailureException e) {
        // The database ended it in favour of another; it is still due.
        any = true;
      } catch (RuntimeException e) {
        LOG.warn("A step of rollout {} failed; it is tried again", rollout, e);
      }
    }
    return any;
  }

  /// Steps of one rollout until nothing more is to be done at once.
  ///
  /// @return whether there was one, and no other process was at it
  private boolean step(UUID id) {
    for (int i = 0; i < MOST_STEPS; i++) {
      Optional<Boolean> more = once(id);
      if (more.isEmpty() || !more.get()) {
        return more.isPresent();
      }
    }
    return true;
  }

  private Optional<Boolean> once(UUID id) {
    Optional<Boolean> more =
        transaction.execute(
            _ ->
                rows.lockFree(id)
                    .map(rollout -> new RolloutRun(parts.get(), rollout, clock.instant()).step()));
    return more == null ? Optional.empty() : more;
  }

  /// Does what a person asks, in the caller's transaction; the caller has checked that it is
  /// possible.
  void ask(Rollout locked, Action action, String by) {
    new RolloutRun(parts.get(), locked, clock.instant()).drive(new RolloutEvent.Asked(action, by));
  }
}
