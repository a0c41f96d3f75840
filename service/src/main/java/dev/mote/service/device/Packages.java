package dev.mote.service.device;

import dev.mote.orchestration.update.UpdatePackage;
import dev.mote.service.http.Problem;
import dev.mote.service.registry.ModelVersion;
import dev.mote.service.registry.Module;
import dev.mote.service.registry.Registry;
import dev.mote.service.store.Artifacts;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What can be sent to devices.
final class Packages {

  /// Makes the file that is sent of a module.
  interface Maker {
    /// @return its name among the artifacts
    String packaged(UUID tenant, UUID module, Optional<PublicKey> recipient);
  }

  /// A package with its name for people.
  record Titled(UpdatePackage content, String title) {}

  private final Registry registry;
  private final Artifacts artifacts;
  private final JdbcClient jdbc;
  private final Maker maker;

  Packages(Registry registry, Artifacts artifacts, JdbcClient jdbc, Maker maker) {
    this.registry = registry;
    this.artifacts = artifacts;
    this.jdbc = jdbc;
    this.maker = maker;
  }

  /// The package of a module for a device.
  ///
  /// @param recipient the device's public key as X.509 SubjectPublicKeyInfo; null sends it
  /// unencrypted
  Titled module(UUID tenant, UUID module, byte @Nullable [] recipient) {
    Module found =
        registry.module(tenant, module).orElseThrow(() -> Problem.notFound("module", module));
    Optional<ModelVersion> of = registry.version(tenant, found.version());
    String name = of.map(ModelVersion::modelName).orElse(found.identity());
    String sha256 =
        maker.packaged(tenant, module, Optional.ofNullable(recipient).map(Packages::key));
    String version = Long.toString(found.sequence());
    return new Titled(
        new UpdatePackage(name, version, artifacts.size(sha256), sha256),
        of.map(
                v ->
                    "%s, version %d, for %s (sequence %s)"
                        .formatted(name, v.number(), found.target(), version))
            .orElseGet(() -> "module %s for %s".formatted(name, found.target())));
  }

  void use(UUID tenant, UUID module, UUID update) {
    registry.use(tenant, module, "update:" + update);
  }

  void release(UUID tenant, UUID module, UUID update) {
    registry.release(tenant, module, "update:" + update);
  }

  /// The package of a firmware.
  Titled firmware(UUID tenant, UUID firmware) {
    return jdbc.sql(
            """
            select name, version, bytes, sha256 from device_firmware
            where tenant = :tenant and id = :id
            """)
        .param("tenant", tenant)
        .param("id", firmware)
        .query(UpdatePackage.class)
        .optional()
        .map(p -> new Titled(p, "firmware '%s' %s".formatted(p.name(), p.version())))
        .orElseThrow(() -> Problem.notFound("firmware", firmware));
  }

  private static PublicKey key(byte[] encoded) {
    for (String algorithm : new String[] {"EC", "XDH"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (GeneralSecurityException _) {
        // It may be of the other kind.
      }
    }
    throw new IllegalStateException("a device's key is unreadable");
  }
}
