package dev.mote.service.job;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Runs jobs in this process, and watches those that run.
@Component
class JobRunner {

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
  private static final String PROCESS = ProcessHandle.current().pid() + "@" + hostName();

  /// How long a handler may take to obey before its job is ended without it.
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

  private final JobRows rows;
  private final JobEnds ends;
  private final JobSettings settings;
  private final ObjectProvider<JobHandler> found;
  private final JsonMapper json;
  private final Map<UUID, JobRun> running = new ConcurrentHashMap<>();
  private volatile Map<String, JobHandler> handlers = Map.of();
  private volatile boolean stopping;

  JobRunner(
      JobRows rows,
      JobEnds ends,
      JobSettings settings,
      ObjectProvider<JobHandler> found,
      JsonMapper json) {
    this.rows = rows;
    this.ends = ends;
    this.settings = settings;
    this.found = found;
    this.json = json;
  }

  /// Looks up the handlers, which may themselves need jobs and so are not there when this is made.
  Map<String, JobHandler> handlers() {
    Map<String, JobHandler> known = handlers;
    if (known.isEmpty()) {
      Map<String, JobHandler> all = new HashMap<>();
      found
          .orderedStream()
          .forEach(
              handler -> {
                if (all.put(handler.kind(), handler) != null) {
                  throw new IllegalStateException("two handlers of jobs '" + handler.kind() + "'");
                }
              });
      known = Map.copyOf(all);
      handlers = known;
    }
    return known;
  }

  /// Runs a job to its end, or to where it is put back in line.
  void run(UUID id) throws InterruptedException {
    Optional<JobRows.Started> started = rows.start(id, UUID.randomUUID(), PROCESS);
    if (started.isEmpty()) {
      return;
    }
    JobRun run = new JobRun(started.get(), json);
    if (started.get().cancelAsked()) {
      end(run, JobState.CANCELLED, Optional.empty());
      return;
    }
    if (started.get().lost() > settings.takeOvers()) {
      end(
          run,
          JobState.FAILED,
          Optional.of(
              "its process died %d times in the middle of it".formatted(started.get().lost())));
      return;
    }
    JobHandler handler = handlers().get(run.kind());
    if (handler == null) {
      end(run, JobState.FAILED, Optional.of("this service knows no jobs '" + run.kind() + "'"));
      return;
    }
    running.put(id, run);
    Throwable thrown = null;
    try {
      if (stopping) {
        run.stop(JobRun.Stop.SHUTDOWN);
      }
      handler.run(run);
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      thrown = e;
    } finally {
      run.done();
    }
    try {
      conclude(run, handler, thrown);
    } finally {
      running.remove(id, run);
    }
  }

  private void conclude(JobRun run, JobHandler handler, @Nullable Throwable thrown)
      throws InterruptedException {
    Optional<JobRun.Stop> stop = run.stopped();
    if (stop.isPresent()) {
      switch (stop.get()) {
        case CANCELLED -> end(run, JobState.CANCELLED, Optional.empty());
        case OVERTIME -> end(run, JobState.FAILED, Optional.of(overtime(handler)));
        case SHUTDOWN -> putBack(run, false, Duration.ZERO);
        case LOST -> {}
      }
      return;
    }
    if (thrown == null) {
      end(run, JobState.SUCCEEDED, Optional.empty());
      return;
    }
    LOG.info("Job {} ({}) failed", run.id(), run.kind(), thrown);
    if (run.failures() + 1 < handler.attempts()) {
      run.log("failed: " + words(thrown) + "; it is tried again");
      putBack(run, true, FIRST_PAUSE.multipliedBy(1L << Math.min(run.failures(), 8)));
    } else {
      end(run, JobState.FAILED, Optional.of(words(thrown)));
    }
  }

  private void putBack(JobRun run, boolean failed, Duration pause) throws InterruptedException {
    ends.report(run);
    if (!rows.putBack(run.id(), run.run(), failed, pause)) {
      // Either it is another's by now, which ends nothing here, or it was to be cancelled.
      end(run, JobState.CANCELLED, Optional.empty());
    }
  }

  /// The end is written even if the database is away for a moment. After that the run is forgotten:
  /// the job is started again when the database is back.
  private void end(JobRun run, JobState state, Optional<String> failure)
      throws InterruptedException {
    for (long pauseMillis = 100; ; pauseMillis *= 4) {
      try {
        if (!ends.end(run, state, failure)) {
          LOG.info("Job {} was taken over by another process", run.id());
        }
        return;
      } catch (RuntimeException e) {
        if (pauseMillis > 10_000) {
          throw e;
        }
        LOG.warn("The end of job {} could not be written; trying again", run.id(), e);
        Thread.sleep(pauseMillis);
      }
    }
  }

  /// Writes what the runs gathered.
  void report() {
    for (JobRun run : running.values()) {
      if (!ends.report(run)) {
        run.stop(JobRun.Stop.LOST);
      }
    }
  }

  /// Stops what was cancelled or taken over elsewhere, and what takes too long.
  void watch() {
    // Those that begin after the rows were read are not in them, and must not be taken for lost.
    List<JobRun> runs = List.copyOf(running.values());
    if (runs.isEmpty()) {
      return;
    }
    Map<UUID, JobRows.Watched> now = new HashMap<>();
    rows.watched(runs.stream().map(JobRun::id).toList()).forEach(row -> now.put(row.id(), row));
    for (JobRun run : runs) {
      JobRows.Watched row = now.get(run.id());
      if (row == null || !run.run().equals(row.run())) {
        run.stop(JobRun.Stop.LOST);
      } else if (row.cancelAsked()) {
        run.stop(JobRun.Stop.CANCELLED);
      }
      JobHandler handler = handlers().get(run.kind());
      if (handler != null && run.age().compareTo(handler.limit()) > 0) {
        run.stop(JobRun.Stop.OVERTIME);
      }
      if (handler != null && run.stoppedSince().compareTo(GRACE) > 0) {
        endWithout(run, handler);
      }
    }
  }

  private void endWithout(JobRun run, JobHandler handler) {
    JobRun.Stop why = run.stopped().orElseThrow();
    if (why == JobRun.Stop.CANCELLED) {
      ends.end(run, JobState.CANCELLED, Optional.empty());
    } else if (why == JobRun.Stop.OVERTIME) {
      ends.end(run, JobState.FAILED, Optional.of(overtime(handler)));
    } else {
      return;
    }
    LOG.warn("Job {} ({}) does not stop; its thread is left to itself", run.id(), run.kind());
  }

  /// Tells a job of this process at once that it is cancelled.
  void cancel(UUID id) {
    JobRun run = running.get(id);
    if (run != null) {
      run.stop(JobRun.Stop.CANCELLED);
    }
  }

  /// Tells all handlers to stop; their jobs go back in line, for this service or another process.
  void shutDown() {
    stopping = true;
    running.values().forEach(run -> run.stop(JobRun.Stop.SHUTDOWN));
  }

  private static String overtime(JobHandler handler) {
    return "it took longer than "
        + handler.limit().toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private static String words(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
  }

  private static String hostName() {
    return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost");
  }
}
