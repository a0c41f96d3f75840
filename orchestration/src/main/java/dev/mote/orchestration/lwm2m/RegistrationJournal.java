package dev.mote.orchestration.lwm2m;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where registrations and observations outlive the process; shared by all processes of a service.
///
/// Calls come from several threads at once. When a call throws, the device is not answered with
/// success: it tries again. A journal may keep copies in memory itself; what other processes of the
/// service have written counts all the same.
public interface RegistrationJournal {

  /// Characters at the beginning of a registration's id that are the same for all registrations of
  /// one endpoint: a store may look for this part, which does not change when a device registers
  /// anew.
  int SLOT_LENGTH = 4;

  /// A registration.
  ///
  /// @param endpoint name of the device; one registration for each
  /// @param id of the registration, as in its Location; begins with the endpoint's slot
  /// @param address socket address of the device as `host:port`
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

  /// An observation of a registration, which ends with it.
  ///
  /// @param path of what is observed; one observation for each
  /// @param token of its messages, in hexadecimal digits
  record StoredObservation(String path, String token) {}

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

  Optional<StoredRegistration> byIdentity(String identity);

  /// Stores an observation in place of any other of its path, if the registration exists.
  ///
  /// @return whether it did
  boolean observe(String registration, StoredObservation observation);

  void forget(String registration, String path);

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
