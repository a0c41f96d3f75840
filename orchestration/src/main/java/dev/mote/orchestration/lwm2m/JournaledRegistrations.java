package dev.mote.orchestration.lwm2m;

import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredObservation;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.leshan.core.Destroyable;
import org.eclipse.leshan.core.Startable;
import org.eclipse.leshan.core.Stoppable;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.ObservationIdentifier;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.peer.LwM2mIdentity;
import org.eclipse.leshan.server.registration.Deregistration;
import org.eclipse.leshan.server.registration.ExpirationListener;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationStore;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.server.registration.UpdatedRegistration;
import org.jspecify.annotations.Nullable;

/// Leshan's store of registrations on a [RegistrationJournal].
///
/// The journal is asked each time: it knows what other processes of the service have written, and
/// it may keep copies in memory itself. Expired registrations are looked for by their date, not by
/// going through all of them; of several processes one tells of each.
public final class JournaledRegistrations
    implements RegistrationStore, Startable, Stoppable, Destroyable {

  private static final System.Logger LOG = System.getLogger(JournaledRegistrations.class.getName());
  private static final int EXPIRED_AT_ONCE = 500;

  private final RegistrationJournal journal;
  private final Clock clock;
  private final long sweepMillis;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("registrations").factory());
  private volatile @Nullable ExpirationListener listener;

  public JournaledRegistrations(RegistrationJournal journal, Clock clock, long sweepMillis) {
    this.journal = journal;
    this.clock = clock;
    this.sweepMillis = sweepMillis;
  }

  @Override
  public @Nullable Deregistration addRegistration(Registration registration) {
    Optional<StoredRegistration> former = journal.byEndpoint(registration.getEndpoint());
    Collection<Observation> ended =
        former.map(stored -> getObservations(stored.id())).orElse(List.of());
    journal.register(RegistrationText.stored(registration));
    return former
        .map(stored -> new Deregistration(RegistrationText.read(stored), ended))
        .orElse(null);
  }

  @Override
  public @Nullable UpdatedRegistration updateRegistration(RegistrationUpdate update) {
    Registration former = getRegistration(update.getRegistrationId());
    if (former == null) {
      return null;
    }
    Registration updated = update.update(former);
    return journal.update(RegistrationText.stored(updated))
        ? new UpdatedRegistration(former, updated)
        : null;
  }

  @Override
  public @Nullable Registration getRegistration(String registrationId) {
    return read(journal.byId(registrationId));
  }

  @Override
  public @Nullable Registration getRegistrationByEndpoint(String endpoint) {
    return read(journal.byEndpoint(endpoint));
  }

  @Override
  public @Nullable Registration getRegistrationByAdress(InetSocketAddress address) {
    return read(journal.byAddress(RegistrationText.address(address)));
  }

  @Override
  public @Nullable Registration getRegistrationByIdentity(LwM2mIdentity identity) {
    return read(journal.byIdentity(RegistrationText.identity(identity)));
  }

  private static @Nullable Registration read(Optional<StoredRegistration> stored) {
    return stored.map(RegistrationText::read).orElse(null);
  }

  @Override
  public Iterator<Registration> getAllRegistrations() {
    return journal.all().stream().map(RegistrationText::read).iterator();
  }

  @Override
  public @Nullable Deregistration removeRegistration(String registrationId) {
    Registration registration = getRegistration(registrationId);
    if (registration == null) {
      return null;
    }
    Collection<Observation> ended = getObservations(registrationId);
    journal.unregister(registrationId);
    return new Deregistration(registration, ended);
  }

  @Override
  public Collection<Observation> addObservation(
      String registrationId, Observation observation, boolean addIfAbsent) {
    if (journal.byId(registrationId).isEmpty()) {
      throw new IllegalStateException("there is no registration " + registrationId);
    }
    List<Observation> removed = new ArrayList<>();
    String key = ObservationText.key(observation.getId());
    // Those of the registration are in memory; a token that none of them has is a new one.
    List<StoredObservation> all = journal.observations(registrationId);
    Optional<StoredObservation> former =
        all.stream().filter(stored -> stored.key().equals(key)).findFirst();
    former.map(ObservationText::read).ifPresent(removed::add);
    if (former.isEmpty() || !addIfAbsent) {
      journal.observe(ObservationText.stored(observation));
    }
    for (StoredObservation stored : all) {
      Observation other = ObservationText.read(stored);
      if (!stored.key().equals(key) && isOfSamePaths(observation, other)) {
        journal.forget(stored.key());
        removed.add(other);
      }
    }
    return removed;
  }

  private static boolean isOfSamePaths(Observation one, Observation other) {
    return one instanceof SingleObservation a && other instanceof SingleObservation b
        ? a.getPath().equals(b.getPath())
        : one instanceof CompositeObservation c
            && other instanceof CompositeObservation d
            && c.getPaths().equals(d.getPaths());
  }

  @Override
  public @Nullable Observation getObservation(
      String registrationId, ObservationIdentifier observationId) {
    Observation observation = getObservation(observationId);
    return observation != null && observation.getRegistrationId().equals(registrationId)
        ? observation
        : null;
  }

  @Override
  public @Nullable Observation getObservation(ObservationIdentifier observationId) {
    return journal
        .observation(ObservationText.key(observationId))
        .map(ObservationText::read)
        .orElse(null);
  }

  @Override
  public @Nullable Observation removeObservation(
      String registrationId, ObservationIdentifier observationId) {
    Observation observation = getObservation(registrationId, observationId);
    if (observation != null) {
      journal.forget(ObservationText.key(observationId));
    }
    return observation;
  }

  @Override
  public Collection<Observation> getObservations(String registrationId) {
    return journal.observations(registrationId).stream().map(ObservationText::read).toList();
  }

  @Override
  public Collection<Observation> removeObservations(String registrationId) {
    List<StoredObservation> stored = journal.observations(registrationId);
    stored.forEach(observation -> journal.forget(observation.key()));
    return stored.stream().map(ObservationText::read).toList();
  }

  @Override
  public void setExpirationListener(ExpirationListener listener) {
    this.listener = listener;
  }

  @Override
  public void start() {
    sweeper.scheduleWithFixedDelay(this::sweep, sweepMillis, sweepMillis, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    try {
      Instant now = clock.instant();
      List<StoredRegistration> expired;
      do {
        expired = journal.expired(now, EXPIRED_AT_ONCE);
        for (StoredRegistration stored : expired) {
          Registration registration = RegistrationText.read(stored);
          Collection<Observation> ended = getObservations(stored.id());
          ExpirationListener told = listener;
          if (journal.expire(stored.id(), now) && told != null) {
            told.registrationExpired(registration, ended);
          }
        }
      } while (expired.size() == EXPIRED_AT_ONCE);
    } catch (RuntimeException e) {
      // The journal is away, say: the next sweep comes.
      LOG.log(System.Logger.Level.WARNING, "could not look for expired registrations", e);
    }
  }

  @Override
  public void stop() {
    sweeper.shutdownNow();
  }

  @Override
  public void destroy() {
    sweeper.shutdownNow();
  }
}
