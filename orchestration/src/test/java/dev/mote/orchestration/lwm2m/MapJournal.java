package dev.mote.orchestration.lwm2m;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A journal in memory, which outlives the servers of a test.
final class MapJournal implements RegistrationJournal {

  private final Map<String, StoredRegistration> registrations = new LinkedHashMap<>();
  private final Map<String, StoredObservation> observations = new LinkedHashMap<>();

  @Override
  public synchronized void register(StoredRegistration registration) {
    byEndpoint(registration.endpoint()).ifPresent(former -> unregister(former.id()));
    registrations.put(registration.id(), registration);
  }

  @Override
  public synchronized boolean update(StoredRegistration registration) {
    return registrations.replace(registration.id(), registration) != null;
  }

  @Override
  public synchronized void unregister(String id) {
    registrations.remove(id);
    observations.values().removeIf(observation -> observation.registration().equals(id));
  }

  @Override
  public synchronized Optional<StoredRegistration> byId(String id) {
    return Optional.ofNullable(registrations.get(id));
  }

  @Override
  public Optional<StoredRegistration> byEndpoint(String endpoint) {
    return find(registration -> registration.endpoint().equals(endpoint));
  }

  @Override
  public Optional<StoredRegistration> byAddress(String address) {
    return find(registration -> registration.address().equals(address));
  }

  @Override
  public Optional<StoredRegistration> byIdentity(String identity) {
    return find(registration -> registration.identity().equals(identity));
  }

  private synchronized Optional<StoredRegistration> find(Predicate<StoredRegistration> which) {
    return registrations.values().stream().filter(which).reduce((first, last) -> last);
  }

  @Override
  public synchronized void observe(StoredObservation observation) {
    observations.put(observation.key(), observation);
  }

  @Override
  public synchronized void forget(String observationKey) {
    observations.remove(observationKey);
  }

  @Override
  public synchronized Optional<StoredObservation> observation(String key) {
    return Optional.ofNullable(observations.get(key));
  }

  @Override
  public synchronized List<StoredObservation> observations(String registration) {
    return observations.values().stream()
        .filter(observation -> observation.registration().equals(registration))
        .toList();
  }

  @Override
  public synchronized List<StoredRegistration> expired(Instant now, int most) {
    return registrations.values().stream()
        .filter(registration -> registration.expires().isBefore(now))
        .sorted(Comparator.comparing(StoredRegistration::expires))
        .limit(most)
        .toList();
  }

  @Override
  public synchronized boolean expire(String id, Instant now) {
    boolean ended = byId(id).filter(r -> r.expires().isBefore(now)).isPresent();
    if (ended) {
      unregister(id);
    }
    return ended;
  }

  @Override
  public synchronized List<StoredRegistration> all() {
    return List.copyOf(registrations.values());
  }
}
