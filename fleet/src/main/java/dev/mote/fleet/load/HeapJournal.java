package dev.mote.fleet.load;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// A journal that does not outlive the process: what a gateway costs without a database.
public final class HeapJournal implements RegistrationJournal {

  private final Map<String, StoredRegistration> byId = new ConcurrentHashMap<>();
  private final Map<String, StoredRegistration> byEndpoint = new ConcurrentHashMap<>();
  private final Map<String, String> byIdentity = new ConcurrentHashMap<>();
  private final Map<String, List<StoredObservation>> observations = new ConcurrentHashMap<>();

  @Override
  public void register(StoredRegistration registration) {
    StoredRegistration former = byEndpoint.put(registration.endpoint(), registration);
    if (former != null) {
      forgetAll(former);
    }
    store(registration);
  }

  private void store(StoredRegistration registration) {
    byId.put(registration.id(), registration);
    byEndpoint.put(registration.endpoint(), registration);
    byIdentity.put(registration.identity(), registration.id());
  }

  private void forgetAll(StoredRegistration former) {
    byId.remove(former.id());
    byIdentity.remove(former.identity(), former.id());
    observations.remove(former.id());
  }

  @Override
  public boolean update(StoredRegistration registration) {
    if (!byId.containsKey(registration.id())) {
      return false;
    }
    store(registration);
    return true;
  }

  @Override
  public void unregister(String id) {
    StoredRegistration former = byId.get(id);
    if (former != null) {
      forgetAll(former);
      byEndpoint.remove(former.endpoint(), former);
    }
  }

  @Override
  public Optional<StoredRegistration> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  @Override
  public Optional<StoredRegistration> byEndpoint(String endpoint) {
    return Optional.ofNullable(byEndpoint.get(endpoint));
  }

  @Override
  public Optional<StoredRegistration> byIdentity(String identity) {
    return Optional.ofNullable(byIdentity.get(identity)).flatMap(this::byId);
  }

  @Override
  public boolean observe(String registration, StoredObservation observation) {
    boolean isThere = byId.containsKey(registration);
    if (isThere) {
      observations.merge(
          registration,
          List.of(observation),
          (all, one) -> Stream.concat(without(all, observation.path()), one.stream()).toList());
    }
    return isThere;
  }

  private static Stream<StoredObservation> without(List<StoredObservation> all, String path) {
    return all.stream().filter(one -> !one.path().equals(path));
  }

  @Override
  public void forget(String registration, String path) {
    observations.computeIfPresent(registration, (_, all) -> without(all, path).toList());
  }

  @Override
  public List<StoredObservation> observations(String registration) {
    return observations.getOrDefault(registration, List.of());
  }

  /// Nothing ends while it is measured.
  @Override
  public List<StoredRegistration> expired(Instant now, int most) {
    return List.of();
  }

  @Override
  public boolean expire(String id, Instant now) {
    return false;
  }

  @Override
  public List<StoredRegistration> all() {
    return List.copyOf(byId.values());
  }
}
