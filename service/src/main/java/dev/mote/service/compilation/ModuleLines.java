package dev.mote.service.compilation;

import dev.mote.builder.NamedUuid;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.cbor.Bytes;
import dev.mote.service.registry.ModelVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Lines of modules: what a newer module of the same identity replaces on a device. All modules of
/// a model are one line; whatever is made later has a higher number.
@Component
class ModuleLines {

  private final JdbcClient sql;
  private final SigningKeys keys;

  ModuleLines(JdbcClient sql, SigningKeys keys) {
    this.sql = sql;
    this.keys = keys;
  }

  /// A module of a line, signed by the tenant.
  record Signed(Bytes file, long sequence, String identity) {}

  /// Which line the modules of a version belong to.
  static Manifest.Identity identity(ModelVersion version) {
    Bytes vendor = bytes(version.tenant());
    return new Manifest.Identity(
        vendor,
        NamedUuid.of(vendor, version.model().toString()),
        name(version.modelName()),
        "0",
        Optional.empty());
  }

  /// What a module may be called: a model's name as far as it goes.
  private static String name(String modelName) {
    String name = modelName.replaceAll("[^A-Za-z0-9_.-]+", "_").replaceAll("^[^A-Za-z0-9]+", "");
    return name.isEmpty() ? "model" : name.substring(0, Math.min(48, name.length()));
  }

  /// `unsigned` with the next number of its line, in the caller's transaction, and signed.
  Signed next(UUID tenant, ModuleFile unsigned) {
    Manifest manifest = unsigned.manifest();
    String identity = NamedUuid.text(manifest.identity().module());
    long sequence =
        sql.sql(
                """
                insert into module_line (tenant, identity, last_sequence)
                values (:tenant, :identity, 1)
                on conflict (tenant, identity)
                do update set last_sequence = module_line.last_sequence + 1
                returning last_sequence""")
            .param("tenant", tenant)
            .param("identity", identity)
            .query(Long.class)
            .single();
    List<Bytes> contents = new ArrayList<>(unsigned.carried().values());
    ModuleFile numbered = ModuleFile.of(numbered(manifest, sequence), contents);
    return new Signed(
        ModuleWriter.write(numbered.signed(List.of(keys.signing(tenant)))), sequence, identity);
  }

  private static Manifest numbered(Manifest manifest, long sequence) {
    Manifest.Identity former = manifest.identity();
    return new Manifest(
        sequence,
        new Manifest.Identity(
            former.vendor(),
            former.module(),
            former.name(),
            String.valueOf(sequence),
            former.description()),
        manifest.provenance(),
        manifest.payloads(),
        manifest.inputs(),
        manifest.outputs(),
        manifest.preprocessing(),
        manifest.postprocessing(),
        manifest.golden(),
        manifest.licence(),
        manifest.extensions());
  }

  private static Bytes bytes(UUID uuid) {
    return Bytes.of(
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array());
  }
}
