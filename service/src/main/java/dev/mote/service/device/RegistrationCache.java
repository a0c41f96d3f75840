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

  private static final class Entry {
    StoredRegistration registration;
    @Nullable Map<String, StoredObservation> observations;

    Entry(StoredRegistration registration) {
      this.registration = registration;
    }
  }

  private final int most;
  private final LinkedHashMap<String, Entry> byEndpoint = new LinkedHashMap<>(1024, 0.75f, true);
  private final Map<String, Entry> byId = new HashMap<>();
  private final Map<String, Entry> byAddress = new HashMap<>();
  private final Map<String, Entry> byIdentity = new HashMap<>();
  private final Map<String, StoredObservation> observations = new HashMap<>();
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

  synchronized Optional<StoredRegistration> byAddress(String address) {
    return used(byAddress.get(address));
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
    return Optional.ofNullable(entry).map(e -> e.registration);
  }

  /// A registration that was written: it has no observations if it is a new one.
  synchronized void written(StoredRegistration registration) {
    Entry former = byEndpoint.get(registration.endpoint());
    Entry entry = new Entry(registration);
    if (former == null) {
      entry.observations = null;
    } else if (former.registration.id().equals(registration.id())) {
      entry.observations = former.observations;
      forget(former, false);
    } else {
      forget(former, true);
    }
    put(entry);
  }

  /// A new registration that was written; nothing is observed of it.
  synchronized void registered(StoredRegistration registration) {
    written(registration);
    Entry entry = byEndpoint.get(registration.endpoint());
    if (entry != null && entry.observations == null) {
      entry.observations = new LinkedHashMap<>();
    }
  }

  /// A registration that was read.
  synchronized void read(StoredRegistration registration, long stamp) {
    if (stamp == removals && !byEndpoint.containsKey(registration.endpoint())) {
      put(new Entry(registration));
    }
  }

  private void put(Entry entry) {
    StoredRegistration registration = entry.registration;
    byEndpoint.put(registration.endpoint(), entry);
    byId.put(registration.id(), entry);
    byAddress.put(registration.address(), entry);
    byIdentity.put(registration.identity(), entry);
    if (byEndpoint.size() > most) {
      Entry oldest = byEndpoint.firstEntry().getValue();
      byEndpoint.remove(oldest.registration.endpoint());
      forget(oldest, true);
    }
  }

  private void forget(Entry entry, boolean withObservations) {
    StoredRegistration registration = entry.registration;
    byId.remove(registration.id(), entry);
    byAddress.remove(registration.address(), entry);
    byIdentity.remove(registration.identity(), entry);
    if (withObservations && entry.observations != null) {
      entry.observations.keySet().forEach(observations::remove);
    }
  }

  /// The registration is gone, or another process has it now.
  synchronized void remove(String endpoint) {
    removals++;
    Entry entry = byEndpoint.remove(endpoint);
    if (entry != null) {
      forget(entry, true);
    }
  }

  synchronized void clear() {
    removals++;
    byEndpoint.clear();
    byId.clear();
    byAddress.clear();
    byIdentity.clear();
    observations.clear();
  }

  synchronized void removeById(String id) {
    Entry entry = byId.get(id);
    if (entry != null) {
      remove(entry.registration.endpoint());
    } else {
      removals++;
    }
  }

  synchronized Optional<StoredObservation> observation(String key) {
    return Optional.ofNullable(observations.get(key));
  }

  /// Observations of a registration; empty when they are not known here.
  synchronized Optional<List<StoredObservation>> observations(String registration) {
    Entry entry = byId.get(registration);
    return entry == null || entry.observations == null
        ? Optional.empty()
        : Optional.of(List.copyOf(entry.observations.values()));
  }

  /// All observations of a registration, as read.
  synchronized void read(String registration, List<StoredObservation> all, long stamp) {
    Entry entry = byId.get(registration);
    if (stamp == removals && entry != null && entry.observations == null) {
      Map<String, StoredObservation> map = new LinkedHashMap<>();
      all.forEach(observation -> map.put(observation.key(), observation));
      entry.observations = map;
      observations.putAll(map);
    }
  }

  synchronized void written(StoredObservation observation) {
    Entry entry = byId.get(observation.registration());
    if (entry != null && entry.observations != null) {
      entry.observations.put(observation.key(), observation);
      observations.put(observation.key(), observation);
    } else {
      // A reader of all observations may have missed it.
      removals++;
    }
  }

  synchronized void forgotten(String key) {
    removals++;
    StoredObservation observation = observations.remove(key);
    Entry entry = observation == null ? null : byId.get(observation.registration());
    if (entry != null && entry.observations != null) {
      entry.observations.remove(key);
    }
  }
}
