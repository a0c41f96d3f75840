package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A device as lists show it.
///
/// @param state `ONLINE`, `SLEEPING`, `OFFLINE` or `NEVER_SEEN`
/// @param target that modules for it are compiled for
/// @param moduleName what it runs
/// @param moduleVersion what it calls the version of its module
/// @param module its id, if the service knows it
/// @param modelVersion number of the version of the model that the module was built of
public record Device(
    UUID id,
    String endpoint,
    String name,
    Map<String, String> tags,
    List<String> groups,
    String state,
    Instant created,
    Optional<Instant> lastContact,
    Optional<Instant> lastRegistered,
    Optional<String> manufacturer,
    Optional<String> model,
    Optional<String> firmwareVersion,
    Optional<String> target,
    Optional<String> factsDigest,
    Optional<String> moduleName,
    Optional<String> moduleVersion,
    Optional<UUID> module,
    Optional<Integer> modelVersion) {}
