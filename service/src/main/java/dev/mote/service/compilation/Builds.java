package dev.mote.service.compilation;

import dev.mote.builder.BuildOptions;
import dev.mote.builder.DeviceFacts;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.ModuleReader;
import dev.mote.module.cbor.Bytes;
import dev.mote.service.access.Caller;
import dev.mote.service.http.Problem;
import dev.mote.service.job.Jobs;
import dev.mote.service.registry.ModelVersion;
import dev.mote.service.registry.Module;
import dev.mote.service.registry.NewModule;
import dev.mote.service.registry.Registry;
import dev.mote.service.store.Artifacts;
import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// [Compilation] on the tables of builds.
@Component
class Builds implements Compilation {

  /// Most sets of facts in one request: what no fleet has, and what no planning lasts.
  static final int MOST_FACTS = 500;

  /// Sets of facts that one process estimates.
  private static final int AT_ONCE = 25;

  private final BuildRows rows;
  private final BuildKeys keys;
  private final ModuleLines lines;
  private final EncryptedPackages packages;
  private final SigningKeys signing;
  private final Registry registry;
  private final Artifacts artifacts;
  private final Jobs jobs;
  private final CompilationSettings settings;
  private final JdbcClient sql;

  Builds(
      BuildRows rows,
      BuildKeys keys,
      ModuleLines lines,
      EncryptedPackages packages,
      SigningKeys signing,
      Registry registry,
      Artifacts artifacts,
      Jobs jobs,
      CompilationSettings settings,
      JdbcClient sql) {
    this.rows = rows;
    this.keys = keys;
    this.lines = lines;
    this.packages = packages;
    this.signing = signing;
    this.registry = registry;
    this.artifacts = artifacts;
    this.jobs = jobs;
    this.settings = settings;
    this.sql = sql;
  }

  @Override
  public Plan plan(
      UUID tenant, UUID versionId, Map<DeviceFacts, Integer> devices, BuildOptions options) {
    ModelVersion version = version(tenant, versionId);
    List<DeviceFacts> all = ordered(devices.keySet());
    Map<DeviceFacts, Map<String, Object>> choices = new LinkedHashMap<>();
    Map<DeviceFacts, BuildRows.Row> builds = new LinkedHashMap<>();
    List<DeviceFacts> unknown = new ArrayList<>();
    for (DeviceFacts facts : all) {
      String key = keys.of(version, facts, options);
      Optional<BuildRows.Row> row = rows.ofKey(tenant, versionId, key, false);
      row.ifPresent(r -> builds.put(facts, r));
      Optional<Map<String, Object>> choice =
          row.filter(r -> !r.choice().isEmpty())
              .map(BuildRows.Row::choice)
              .or(() -> rows.estimate(tenant, versionId, key));
      choice.ifPresentOrElse(c -> choices.put(facts, c), () -> unknown.add(facts));
    }
    choices.putAll(estimates(version, unknown, options));
    return new Plan(
        versionId,
        all.stream()
            .map(
                facts ->
                    planned(
                        facts,
                        devices.getOrDefault(facts, 0),
                        choices.getOrDefault(facts, Map.of()),
                        Optional.ofNullable(builds.get(facts))))
            .toList());
  }

  private Map<DeviceFacts, Map<String, Object>> estimates(
      ModelVersion version, List<DeviceFacts> unknown, BuildOptions options) {
    Map<DeviceFacts, Map<String, Object>> choices = new LinkedHashMap<>();
    if (unknown.isEmpty()) {
      return choices;
    }
    Blob model = Blob.of(artifacts.bytes(version.sha256()));
    for (int from = 0; from < unknown.size(); from += AT_ONCE) {
      List<DeviceFacts> part = unknown.subList(from, Math.min(unknown.size(), from + AT_ONCE));
      List<Map<String, Object>> answers;
      try {
        answers = settings.builder().plan(model, version.fileName(), part, options);
      } catch (DiagnosticException e) {
        Diagnostic why = e.diagnostics().getFirst();
        throw CompilationCodes.MODEL_REFUSED.problem(why.label() + " " + why.what(), why.fix());
      }
      for (int i = 0; i < part.size(); i++) {
        DeviceFacts facts = part.get(i);
        rows.estimated(
            version.tenant(), version.id(), keys.of(version, facts, options), answers.get(i));
        choices.put(facts, answers.get(i));
      }
    }
    return choices;
  }

  private static Plan.Planned planned(
      DeviceFacts facts, int devices, Map<String, Object> choice, Optional<BuildRows.Row> build) {
    boolean failed = build.map(b -> b.state() == BuildState.FAILED && !b.mayPass()).orElse(false);
    return new Plan.Planned(
        facts,
        devices,
        !failed && Boolean.TRUE.equals(choice.get("fits")),
        text(choice, "target"),
        text(choice, "compiler"),
        text(choice, "kind"),
        BuildRows.explanation(choice),
        build.map(BuildRows.Row::id),
        build.flatMap(BuildRows.Row::module));
  }

  private static Optional<String> text(Map<String, Object> choice, String name) {
    return Optional.ofNullable(choice.get(name)).map(String::valueOf);
  }

  @Override
  @Transactional
  public Map<DeviceFacts, UUID> request(
      Caller caller, UUID versionId, Collection<DeviceFacts> facts, BuildOptions options) {
    ModelVersion version = version(caller.tenant(), versionId);
    Map<DeviceFacts, UUID> builds = new LinkedHashMap<>();
    for (DeviceFacts one : ordered(facts)) {
      builds.put(one, request(caller, version, one, options));
    }
    return builds;
  }

  private UUID request(
      Caller caller, ModelVersion version, DeviceFacts facts, BuildOptions options) {
    String key = keys.of(version, facts, options);
    Optional<UUID> added =
        rows.add(caller.tenant(), version.id(), key, facts, options, caller.name());
    if (added.isPresent()) {
      return start(version, added.get(), facts);
    }
    BuildRows.Row row = rows.ofKey(caller.tenant(), version.id(), key, true).orElseThrow();
    boolean again =
        switch (row.state()) {
          case RUNNING -> false;
          // A module that was deleted is built again.
          case BUILT -> row.module().isEmpty();
          case FAILED -> row.mayPass();
          case CANCELLED -> true;
        };
    return again ? start(version, row.id(), facts) : row.id();
  }

  private UUID start(ModelVersion version, UUID build, DeviceFacts facts) {
    UUID job =
        jobs.submit(
            version.tenant(),
            BuildHandler.KIND,
            new BuildHandler.Subject(build),
            "build %s version %d for %s"
                .formatted(version.modelName(), version.number(), facts.name()));
    rows.running(version.tenant(), build, job);
    return build;
  }

  @Override
  public Optional<BuildResult> result(UUID tenant, UUID build) {
    return rows.find(tenant, build).map(BuildRows.Row::result);
  }

  @Override
  public String packaged(UUID tenant, UUID moduleId, Optional<PublicKey> recipient) {
    Module module = module(tenant, moduleId);
    return recipient.map(key -> packages.encrypted(module, key)).orElse(module.sha256());
  }

  @Override
  public PublicKey signingKey(UUID tenant) {
    return signing.verification(tenant);
  }

  @Override
  @Transactional
  public UUID reissue(UUID tenant, UUID moduleId) {
    Module former = module(tenant, moduleId);
    ModuleLines.Signed signed =
        lines.next(tenant, ModuleReader.read(Bytes.of(artifacts.bytes(former.sha256()))));
    Lineage lineage =
        sql.sql(
                """
                select compiler_version, options::text, facts::text, facts_digest, page from module
                where tenant = :tenant and id = :id""")
            .param("tenant", tenant)
            .param("id", moduleId)
            .query(
                (row, n) ->
                    new Lineage(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Optional.ofNullable(row.getString(5))))
            .single();
    byte[] file = signed.file().toByteArray();
    return registry
        .addModule(
            new NewModule(
                tenant,
                former.version(),
                Optional.empty(),
                Optional.of(moduleId),
                NewModule.Kind.REISSUE,
                former.target(),
                former.compiler(),
                lineage.compilerVersion(),
                rows.map(lineage.options()),
                rows.map(lineage.facts()),
                lineage.factsDigest(),
                artifacts.put(new ByteArrayInputStream(file), file.length).sha256(),
                signed.sequence(),
                signed.identity(),
                former.report(),
                lineage.page()))
        .id();
  }

  /// What a module does not tell of itself.
  private record Lineage(
      String compilerVersion,
      String options,
      String facts,
      String factsDigest,
      Optional<String> page) {}

  private ModelVersion version(UUID tenant, UUID version) {
    return registry
        .version(tenant, version)
        .orElseThrow(() -> Problem.notFound("version", version));
  }

  private Module module(UUID tenant, UUID module) {
    return registry.module(tenant, module).orElseThrow(() -> Problem.notFound("module", module));
  }

  /// Always in the same order, so that two requests do not wait for each other; each once.
  private static List<DeviceFacts> ordered(Collection<DeviceFacts> facts) {
    List<DeviceFacts> all =
        facts.stream().distinct().sorted(Comparator.comparing(DeviceFacts::digest)).toList();
    if (all.isEmpty()) {
      throw CompilationCodes.NOTHING_ASKED.problem(
          "no device is asked for", "name targets, facts, or a filter that matches devices.");
    }
    if (all.size() > MOST_FACTS) {
      throw CompilationCodes.TOO_MANY_FACTS.problem(
          "%,d different devices are asked for at once, the most is %,d"
              .formatted(all.size(), MOST_FACTS),
          "split the request by a filter.");
    }
    return all;
  }
}
