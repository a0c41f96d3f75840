package dev.mote.service.compilation;

import dev.mote.builder.BuildOptions;
import dev.mote.builder.DeviceFacts;
import dev.mote.service.access.Caller;
import java.security.PublicKey;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Builds of modules, and the files that go to devices.
public interface Compilation {

  /// What devices would get, by estimates where nothing is built yet; changes nothing.
  ///
  /// @param devices facts, and how many devices have them
  /// @throws dev.mote.service.http.Problem 404 when there is no such version
  Plan plan(UUID tenant, UUID version, Map<DeviceFacts, Integer> devices, BuildOptions options);

  /// Asks for modules: a job for each build that is not there yet. A build that failed for a reason
  /// that may have passed is tried again.
  ///
  /// @return the build for each of the facts
  Map<DeviceFacts, UUID> request(
      Caller caller, UUID version, Collection<DeviceFacts> facts, BuildOptions options);

  /// What became of a build; empty when there is none of this id.
  Optional<BuildResult> result(UUID tenant, UUID build);

  /// The file to send: the signed module, or the same encrypted for a device's key on P-256.
  ///
  /// @return its SHA-256 among the artifacts
  String packaged(UUID tenant, UUID module, Optional<PublicKey> recipient);

  /// The public key that a tenant's modules are checked with.
  PublicKey signingKey(UUID tenant);

  /// A module with the contents of another one and the next sequence number, signed anew: what
  /// devices take that have a newer one. Nothing is compiled.
  ///
  /// @return its id
  UUID reissue(UUID tenant, UUID module);
}
