package dev.mote.service.device;

import dev.mote.orchestration.object.Capabilities;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A device, and what is known of it.
///
/// @param id of the device
/// @param tenant whose it is
/// @param endpoint its LwM2M name, unique in the whole service
/// @param name for people; the endpoint unless given
/// @param tags of people's choice
/// @param groups it was put into
/// @param state whether it can be spoken to
/// @param created when it was entered
/// @param lastContact when it last said anything, up to twelve seconds late
/// @param lastRegistered when it last registered anew, as late
/// @param capabilities as last read; empty before
/// @param factsDigest digest of what decides a build; equal for devices that can share a module
/// @param moduleName name of the module that runs
/// @param moduleVersion its version text
/// @param moduleIdentity its UUID as the device says it
public record Device(
    UUID id,
    UUID tenant,
    String endpoint,
    String name,
    Map<String, String> tags,
    Set<String> groups,
    DeviceState state,
    Instant created,
    Optional<Instant> lastContact,
    Optional<Instant> lastRegistered,
    Optional<Capabilities> capabilities,
    Optional<String> factsDigest,
    Optional<String> moduleName,
    Optional<String> moduleVersion,
    Optional<String> moduleIdentity) {

  public Device {
    tags = Map.copyOf(tags);
    groups = Set.copyOf(groups);
  }
}
