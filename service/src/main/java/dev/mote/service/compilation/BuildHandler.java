package dev.mote.service.compilation;

import dev.mote.builder.BuilderCodes;
import dev.mote.builder.IsolatedBuilder.Result;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.module.ModuleReader;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.Progress;
import dev.mote.service.job.JobContext;
import dev.mote.service.job.JobHandler;
import dev.mote.service.job.JobListener;
import dev.mote.service.job.JobState;
import dev.mote.service.registry.ModelVersion;
import dev.mote.service.registry.Module;
import dev.mote.service.registry.NewModule;
import dev.mote.service.registry.Registry;
import dev.mote.service.store.Artifacts;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Does builds. It may be run again for one that was done, or half done: a module is added once,
/// with the end of its build in one transaction.
@Component
class BuildHandler implements JobHandler, JobListener {

  static final String KIND = "compilation";

  private static final long LARGEST_MODULE = 256L << 20;

  /// Above the limit that the building process has, so that its own words are what is kept.
  private static final Duration SLACK = Duration.ofMinutes(10);

  private final BuildRows rows;
  private final ModuleLines lines;
  private final Registry registry;
  private final Artifacts artifacts;
  private final CompilationSettings settings;
  private final TransactionTemplate transaction;
  private final ObjectProvider<BuildListener> listeners;
  private final Semaphore places;

  BuildHandler(
      BuildRows rows,
      ModuleLines lines,
      Registry registry,
      Artifacts artifacts,
      CompilationSettings settings,
      TransactionTemplate transaction,
      ObjectProvider<BuildListener> listeners) {
    this.rows = rows;
    this.lines = lines;
    this.registry = registry;
    this.artifacts = artifacts;
    this.settings = settings;
    this.transaction = transaction;
    this.listeners = listeners;
    this.places = new Semaphore(settings.atOnce());
  }

  /// What the job is told.
  record Subject(UUID build) {}

  /// Why a job ended without a module, in words.
  static final class BuildFailed extends Exception {
    private static final long serialVersionUID = 1;

    BuildFailed(String words) {
      super(words, null, false, false);
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Duration limit() {
    return settings.time().plus(SLACK);
  }

  @Override
  public void run(JobContext job) throws Exception {
    UUID id = UUID.fromString(job.subject().get("build").asString());
    Optional<BuildRows.Row> found = rows.find(job.tenant(), id);
    if (found.isEmpty() || found.get().state() != BuildState.RUNNING) {
      return;
    }
    BuildRows.Row row = found.get();
    ModelVersion version =
        registry
            .version(row.tenant(), row.version())
            .orElseThrow(() -> new BuildFailed("the model's version is gone"));
    job.progress(0, "waiting for a place");
    Result result;
    places.acquire();
    try {
      result =
          settings
              .builder()
              .build(
                  Blob.of(artifacts.bytes(version.sha256())),
                  version.fileName(),
                  row.facts(),
                  row.options(),
                  ModuleLines.identity(version),
                  new Steps(job));
    } finally {
      places.release();
    }
    if (job.isCancelled()) {
      // Whatever came of it came of being stopped.
      throw new CancellationException("the build was cancelled");
    }
    switch (result) {
      case Result.Built built -> keep(job, row, version, built);
      case Result.Refused(List<Diagnostic> problems, Map<String, Object> choice) -> {
        BuildRows.explanation(choice).forEach(job::log);
        problems.forEach(problem -> job.log(problem.toString()));
        fail(row, problems, choice);
        throw new BuildFailed(problems.getFirst().toString());
      }
    }
  }

  private void keep(JobContext job, BuildRows.Row row, ModelVersion version, Result.Built built) {
    Object choice = built.report().getOrDefault("choice", Map.of());
    BuildRows.explanation(choice instanceof Map<?, ?> map ? copied(map) : Map.of())
        .forEach(job::log);
    String page =
        artifacts
            .put(
                new ByteArrayInputStream(built.page().getBytes(StandardCharsets.UTF_8)),
                LARGEST_MODULE)
            .sha256();
    transaction.executeWithoutResult(
        status -> {
          Optional<BuildRows.Row> now = rows.lock(row.tenant(), row.id());
          if (now.isEmpty() || now.get().state() != BuildState.RUNNING) {
            return;
          }
          ModuleLines.Signed signed =
              lines.next(row.tenant(), ModuleReader.read(Bytes.of(built.module().toByteArray())));
          String sha256 =
              artifacts
                  .put(new ByteArrayInputStream(signed.file().toByteArray()), LARGEST_MODULE)
                  .sha256();
          Module module =
              registry.addModule(
                  new NewModule(
                      row.tenant(),
                      version.id(),
                      Optional.of(row.id()),
                      Optional.empty(),
                      NewModule.Kind.BUILD,
                      String.valueOf(built.report().get("target")),
                      String.valueOf(built.report().get("compiler")),
                      String.valueOf(built.report().get("compilerVersion")),
                      row.options().json(),
                      row.facts().json(),
                      row.facts().digest(),
                      sha256,
                      signed.sequence(),
                      signed.identity(),
                      built.report(),
                      Optional.of(page)));
          rows.built(row.tenant(), row.id(), module.id(), choice);
          job.result(Map.of("module", module.id(), "build", row.id()));
          tell(row);
        });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> copied(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  private void fail(BuildRows.Row row, List<Diagnostic> problems, Map<String, Object> choice) {
    Diagnostic why = problems.getFirst();
    transaction.executeWithoutResult(
        status -> {
          Optional<BuildRows.Row> now = rows.lock(row.tenant(), row.id());
          if (now.isPresent() && now.get().state() == BuildState.RUNNING) {
            rows.failed(row.tenant(), row.id(), why, mayPass(why), choice);
            tell(row);
          }
        });
  }

  /// Tools that are not installed may be tomorrow, and limits may be raised; a model that does not
  /// fit stays so.
  private static boolean mayPass(Diagnostic why) {
    return why.code() == BuilderCodes.STOPPED
        || why.kind() == Diagnostic.Kind.INTERNAL
        || why.code() / 1000 == 5;
  }

  private void tell(BuildRows.Row row) {
    listeners.orderedStream().forEach(listener -> listener.ended(row.tenant(), row.id()));
  }

  /// A job that ended without the handler's own end: cancelled, lost too often, or broken.
  @Override
  public void ended(UUID tenant, UUID job, String kind, JobState state) {
    if (!kind.equals(KIND) || state == JobState.SUCCEEDED) {
      return;
    }
    Optional<BuildRows.Row> row = rows.ofJob(tenant, job);
    if (row.isEmpty() || row.get().state() != BuildState.RUNNING) {
      return;
    }
    if (state == JobState.CANCELLED) {
      rows.cancelled(tenant, row.get().id());
    } else {
      rows.failed(
          tenant,
          row.get().id(),
          Diagnostic.resource(
              BuilderCodes.STOPPED,
              "job " + job,
              "the job that built it failed; its log says why",
              "ask for the build again."),
          true,
          Map.of());
    }
    tell(row.get());
  }

  /// Progress of the build as that of the job.
  private record Steps(JobContext job) implements Progress {

    @Override
    public void report(double done, String what) {
      job.progress((int) Math.round(100 * done), what);
    }

    @Override
    public boolean isCancelled() {
      return job.isCancelled();
    }
  }
}
