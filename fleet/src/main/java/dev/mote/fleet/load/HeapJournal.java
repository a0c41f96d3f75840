package dev.mote.fleet.load;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A journal that does not outlive the process: what a gateway costs without a database.
public final class HeapJournal implements RegistrationJournal {

  private final Map<String, StoredRegistration> byId = new ConcurrentHashMap<>();
  private final Map<String, StoredRegistration> byEndpoint = new ConcurrentHashMap<>();
  private final Map<String, String> byAddress = new ConcurrentHashMap<>();
  private final Map<String, StoredObservation> observations = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> keys = new ConcurrentHashMap<>();

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
    byAddress.put(registration.address(), registration.id());
  }

  private void forgetAll(StoredRegistration former) {
    byId.remove(former.id());
    byAddress.remove(former.address(), former.id());
    Set<String> own = keys.remove(former.id());
    if (own != null) {
      own.forEach(observations::remove);
    }
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
  public Optional<StoredRegistration> byAddress(String address) {
    return Optional.ofNullable(byAddress.get(address)).flatMap(this::byId);
  }

  /// Without security the address is all that a device proves.
  @Override
  public Optional<StoredRegistration> byIdentity(String identity) {
    return byAddress(identity);
  }

  @Override
  public void observe(StoredObservation observation) {
    observations.put(observation.key(), observation);
    keys.computeIfAbsent(observation.registration(), _ -> ConcurrentHashMap.newKeySet(1))
        .add(observation.key());
  }

  @Override
  public void forget(String observationKey) {
    StoredObservation former = observations.remove(observationKey);
    if (former != null) {
      keys.getOrDefault(former.registration(), Set.of()).remove(observationKey);
    }
  }

  @Override
  public Optional<StoredObservation> observation(String key) {
    return Optional.ofNullable(observations.get(key));
  }

  @Override
  public List<StoredObservation> observations(String registration) {
    return keys.getOrDefault(registration, Set.of()).stream()
        .flatMap(key -> observation(key).stream())
        .toList();
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
