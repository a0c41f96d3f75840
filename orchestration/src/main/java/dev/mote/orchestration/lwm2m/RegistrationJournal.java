package dev.mote.orchestration.lwm2m;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where registrations and observations outlive the process; shared by all processes of a service.
///
/// Calls come from several threads at once. When a call throws, the device is not answered with
/// success: it tries again.
public interface RegistrationJournal {

  /// A registration.
  ///
  /// @param endpoint name of the device; one registration for each
  /// @param id of the registration, as in its Location
  /// @param address socket address of the device as `host:port`, for lookups
  /// @param identity what the device has proved to be, for lookups; `address` when it proved
  /// nothing
  /// @param expires when it ends unless the device updates it
  /// @param content everything else, as JSON
  record StoredRegistration(
      String endpoint,
      String id,
      String address,
      String identity,
      Instant expires,
      String content) {}

  /// An observation.
  ///
  /// @param key of the observation, unique
  /// @param registration id of the registration that it belongs to and ends with
  /// @param content everything else, as JSON
  record StoredObservation(String key, String registration, String content) {}

  /// Stores `registration` in place of any other of its endpoint, whose observations go.
  void register(StoredRegistration registration);

  /// Stores `registration` if one with its id exists.
  ///
  /// @return whether it did
  boolean update(StoredRegistration registration);

  /// Removes a registration and its observations.
  void unregister(String id);

  Optional<StoredRegistration> byId(String id);

  Optional<StoredRegistration> byEndpoint(String endpoint);

  /// The registration that was last active at an address.
  Optional<StoredRegistration> byAddress(String address);

  Optional<StoredRegistration> byIdentity(String identity);

  void observe(StoredObservation observation);

  void forget(String observationKey);

  Optional<StoredObservation> observation(String key);

  List<StoredObservation> observations(String registration);

  /// Registrations that ended before `now`, the earliest first.
  ///
  /// @param most how many at the most
  List<StoredRegistration> expired(Instant now, int most);

  /// Removes a registration, with its observations, if it ended before `now`.
  ///
  /// @return whether this call removed it: of several processes one
  boolean expire(String id, Instant now);

  /// All registrations; for small fleets and for tests.
  List<StoredRegistration> all();
}
