package dev.mote.service.compilation;

import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleReader;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payloads;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.service.registry.Module;
import dev.mote.service.store.Artifacts;
import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Modules encrypted for single devices. A device that fetches one piece by piece, with days in
/// between, must find the same bytes: they are kept, and let go of after a while.
@Component
class EncryptedPackages {

  private static final long LARGEST = 256L << 20;

  private final JdbcClient sql;
  private final Artifacts artifacts;
  private final CompilationSettings settings;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  EncryptedPackages(
      JdbcClient sql, Artifacts artifacts, CompilationSettings settings, Clock clock) {
    this.sql = sql;
    this.artifacts = artifacts;
    this.settings = settings;
    this.clock = clock;
  }

  /// The module for the owner of `key` alone.
  @Transactional
  public String encrypted(Module module, PublicKey key) {
    RecipientKey.Public recipient = recipient(key);
    String id = recipient.id().toHex();
    Optional<String> known = find(module, id);
    if (known.isPresent()) {
      return known.get();
    }
    ModuleFile file = ModuleReader.read(Bytes.of(artifacts.bytes(module.sha256())));
    Bytes bytes =
        ModuleWriter.write(
            Payloads.encrypt(file, ContentAlgorithm.A128GCM, List.of(recipient), random));
    String sha256 = artifacts.put(new ByteArrayInputStream(bytes.toByteArray()), LARGEST).sha256();
    int added =
        sql.sql(
                """
                insert into package (tenant, module, recipient, sha256, created)
                values (:tenant, :module, :recipient, :sha256, :now)
                on conflict (tenant, module, recipient) do nothing""")
            .param("tenant", module.tenant())
            .param("module", module.id())
            .param("recipient", id)
            .param("sha256", sha256)
            .param("now", now())
            .update();
    if (added == 0) {
      return find(module, id).orElseThrow();
    }
    artifacts.hold(module.tenant(), sha256, holder(module.id(), id));
    return sha256;
  }

  private Optional<String> find(Module module, String recipient) {
    return sql.sql(
            """
            select sha256 from package
            where tenant = :tenant and module = :module and recipient = :recipient""")
        .param("tenant", module.tenant())
        .param("module", module.id())
        .param("recipient", recipient)
        .query(String.class)
        .optional();
  }

  private static RecipientKey.Public recipient(PublicKey key) {
    for (Curve curve : Curve.values()) {
      try {
        return RecipientKey.Public.of(curve, Bytes.of(key.getEncoded()));
      } catch (CoseProblem | ModuleException e) {
        // It may be on another curve.
      }
    }
    throw CompilationCodes.RECIPIENT.problem(
        "the device's key is not one for which a module can be encrypted",
        "give the device a key on P-256 or X25519, or send it modules in the clear.");
  }

  private record Old(UUID tenant, UUID module, String recipient, String sha256) {}

  /// Lets go of what was encrypted long ago, a part at a time.
  @Scheduled(fixedDelayString = "PT1H")
  @Transactional
  public void tidy() {
    List<Old> old =
        sql.sql(
                """
                delete from package where (tenant, module, recipient) in (
                  select tenant, module, recipient from package where created < :before
                  order by created limit 1000)
                returning tenant, module, recipient, sha256""")
            .param("before", now().minus(settings.keepPackages()))
            .query(
                (row, n) ->
                    new Old(
                        row.getObject("tenant", UUID.class),
                        row.getObject("module", UUID.class),
                        row.getString("recipient"),
                        row.getString("sha256")))
            .list();
    old.forEach(
        one ->
            artifacts.release(one.tenant(), one.sha256(), holder(one.module(), one.recipient())));
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  private static String holder(UUID module, String recipient) {
    return "package:" + module + ":" + recipient;
  }
}
