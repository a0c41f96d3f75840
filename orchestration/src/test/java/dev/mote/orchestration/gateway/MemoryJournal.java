package dev.mote.orchestration.gateway;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/// A journal in memory that outlives gateways, and can be away.
final class MemoryJournal implements RegistrationJournal {

  private final Map<String, StoredRegistration> byId = new ConcurrentHashMap<>();
  private final Map<String, String> byEndpoint = new ConcurrentHashMap<>();
  private final Map<String, String> byIdentity = new ConcurrentHashMap<>();
  private final Map<String, Map<String, StoredObservation>> observations =
      new ConcurrentHashMap<>();
  private final ConcurrentSkipListSet<StoredRegistration> byEnd =
      new ConcurrentSkipListSet<>(
          Comparator.comparing(StoredRegistration::expires).thenComparing(StoredRegistration::id));
  volatile boolean isAway;

  private void check() {
    if (isAway) {
      throw new IllegalStateException("the journal is away");
    }
  }

  @Override
  public void register(StoredRegistration registration) {
    check();
    byEndpoint(registration.endpoint()).ifPresent(former -> unregister(former.id()));
    byId.put(registration.id(), registration);
    byEndpoint.put(registration.endpoint(), registration.id());
    index(registration);
  }

  private void index(StoredRegistration registration) {
    byIdentity.put(registration.identity(), registration.id());
    byEnd.add(registration);
  }

  @Override
  public boolean update(StoredRegistration registration) {
    check();
    StoredRegistration former = byId.replace(registration.id(), registration);
    if (former == null) {
      return false;
    }
    byEnd.remove(former);
    index(registration);
    return true;
  }

  @Override
  public void unregister(String id) {
    check();
    StoredRegistration former = byId.remove(id);
    if (former != null) {
      byEnd.remove(former);
      byEndpoint.remove(former.endpoint(), id);
      byIdentity.remove(former.identity(), id);
    }
    observations.remove(id);
  }

  @Override
  public Optional<StoredRegistration> byId(String id) {
    check();
    return Optional.ofNullable(byId.get(id));
  }

  private Optional<StoredRegistration> find(Map<String, String> index, String key) {
    check();
    String id = index.get(key);
    return id == null ? Optional.empty() : Optional.ofNullable(byId.get(id));
  }

  @Override
  public Optional<StoredRegistration> byEndpoint(String endpoint) {
    return find(byEndpoint, endpoint);
  }

  @Override
  public Optional<StoredRegistration> byIdentity(String identity) {
    return find(byIdentity, identity);
  }

  @Override
  public boolean observe(String registration, StoredObservation observation) {
    check();
    boolean isThere = byId.containsKey(registration);
    if (isThere) {
      observations
          .computeIfAbsent(registration, _ -> new ConcurrentHashMap<>())
          .put(observation.path(), observation);
    }
    return isThere;
  }

  @Override
  public void forget(String registration, String path) {
    check();
    observations.getOrDefault(registration, new HashMap<>()).remove(path);
  }

  @Override
  public List<StoredObservation> observations(String registration) {
    check();
    return List.copyOf(observations.getOrDefault(registration, Map.of()).values());
  }

  @Override
  public List<StoredRegistration> expired(Instant now, int most) {
    check();
    return byEnd.stream()
        .takeWhile(registration -> registration.expires().isBefore(now))
        .limit(most)
        .toList();
  }

  @Override
  public boolean expire(String id, Instant now) {
    boolean ended = byId(id).filter(r -> r.expires().isBefore(now)).isPresent();
    if (ended) {
      unregister(id);
    }
    return ended;
  }

  @Override
  public List<StoredRegistration> all() {
    check();
    return List.copyOf(byId.values());
  }
}
