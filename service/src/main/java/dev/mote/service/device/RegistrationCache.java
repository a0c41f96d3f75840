package dev.mote.service.device;

import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredObservation;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Copies of registrations and their observations in memory, those used last.
///
/// What is read from the database goes in only if nothing was taken out since before the reading
/// began ([#stamp]), and never over what is there: a reader that was slow cannot bring back what a
/// writer has replaced.
final class RegistrationCache {

  /// @param observations by path
  private record Entry(
      StoredRegistration registration, Map<String, StoredObservation> observations) {}

  private final int most;
  private final LinkedHashMap<String, Entry> byEndpoint = new LinkedHashMap<>(1024, 0.75f, true);
  private final Map<String, Entry> byId = new HashMap<>();
  private final Map<String, Entry> byIdentity = new HashMap<>();
  private long removals;

  RegistrationCache(int most) {
    this.most = most;
  }

  int most() {
    return most;
  }

  synchronized long stamp() {
    return removals;
  }

  synchronized int size() {
    return byEndpoint.size();
  }

  synchronized Optional<StoredRegistration> byEndpoint(String endpoint) {
    return registration(byEndpoint.get(endpoint));
  }

  synchronized Optional<StoredRegistration> byId(String id) {
    return used(byId.get(id));
  }

  synchronized Optional<StoredRegistration> byIdentity(String identity) {
    return used(byIdentity.get(identity));
  }

  private Optional<StoredRegistration> used(@Nullable Entry entry) {
    if (entry != null) {
      byEndpoint.get(entry.registration.endpoint());
    }
    return registration(entry);
  }

  private static Optional<StoredRegistration> registration(@Nullable Entry entry) {
    return Optional.ofNullable(entry).map(Entry::registration);
  }

  /// A registration that was updated. It comes in with the next reading if it is not here: its
  /// observations are not known then.
  synchronized void updated(StoredRegistration registration) {
    Entry former = byEndpoint.get(registration.endpoint());
    if (former != null && former.registration.id().equals(registration.id())) {
      forget(former);
      put(new Entry(registration, former.observations));
    } else {
      remove(registration.endpoint());
    }
  }

  /// A new registration that was written; nothing is observed of it.
  synchronized void registered(StoredRegistration registration) {
    Entry former = byEndpoint.get(registration.endpoint());
    if (former != null) {
      forget(former);
    }
    put(new Entry(registration, new LinkedHashMap<>(2)));
  }

  /// A registration that was read.
  synchronized void read(RegistrationSql.Found found, long stamp) {
    StoredRegistration registration = found.registration();
    if (stamp == removals && !byEndpoint.containsKey(registration.endpoint())) {
      Map<String, StoredObservation> observations = new LinkedHashMap<>(2);
      found.observations().forEach(one -> observations.put(one.path(), one));
      put(new Entry(registration, observations));
    }
  }

  private void put(Entry entry) {
    StoredRegistration registration = entry.registration;
    byEndpoint.put(registration.endpoint(), entry);
    byId.put(registration.id(), entry);
    byIdentity.put(registration.identity(), entry);
    if (byEndpoint.size() > most) {
      Entry oldest = byEndpoint.firstEntry().getValue();
      byEndpoint.remove(oldest.registration.endpoint());
      forget(oldest);
    }
  }

  private void forget(Entry entry) {
    byId.remove(entry.registration.id(), entry);
    byIdentity.remove(entry.registration.identity(), entry);
  }

  /// The registration is gone, or another process has it now.
  synchronized void remove(String endpoint) {
    removals++;
    Entry entry = byEndpoint.remove(endpoint);
    if (entry != null) {
      forget(entry);
    }
  }

  synchronized void clear() {
    removals++;
    byEndpoint.clear();
    byId.clear();
    byIdentity.clear();
  }

  synchronized void removeById(String id) {
    Entry entry = byId.get(id);
    if (entry != null) {
      remove(entry.registration.endpoint());
    } else {
      removals++;
    }
  }

  /// Observations of a registration; empty when they are not known here.
  synchronized Optional<List<StoredObservation>> observations(String registration) {
    return Optional.ofNullable(byId.get(registration))
        .map(entry -> List.copyOf(entry.observations.values()));
  }

  /// An observation that was written.
  synchronized void observed(String registration, StoredObservation observation) {
    Entry entry = byId.get(registration);
    if (entry != null) {
      entry.observations.put(observation.path(), observation);
    } else {
      // A reader of the registration may have missed it.
      removals++;
    }
  }

  synchronized void forgotten(String registration, String path) {
    Entry entry = byId.get(registration);
    if (entry != null) {
      entry.observations.remove(path);
    } else {
      removals++;
    }
  }
}
