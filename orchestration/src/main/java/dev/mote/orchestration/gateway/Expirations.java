package dev.mote.orchestration.gateway;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Ends registrations whose lifetime is over. They are looked for by their date, not by going
/// through all of them; of several processes one tells of each.
final class Expirations implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Expirations.class.getName());
  private static final int AT_ONCE = 500;
  private static final long SWEEP_MILLIS = 1_000;

  private final RegistrationJournal journal;
  private final Clock clock;
  private final Consumer<StoredRegistration> ended;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("registrations").factory());

  /// @param ended told of each that this process has ended
  Expirations(RegistrationJournal journal, Clock clock, Consumer<StoredRegistration> ended) {
    this.journal = journal;
    this.clock = clock;
    this.ended = ended;
  }

  void start() {
    sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    try {
      var now = clock.instant();
      List<StoredRegistration> expired;
      do {
        expired = journal.expired(now, AT_ONCE);
        for (StoredRegistration registration : expired) {
          if (journal.expire(registration.id(), now)) {
            ended.accept(registration);
          }
        }
      } while (expired.size() == AT_ONCE);
    } catch (RuntimeException e) {
      // The journal is away, say: the next sweep comes.
      LOG.log(System.Logger.Level.WARNING, "could not look for expired registrations", e);
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }
}
