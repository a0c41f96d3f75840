package dev.mote.service.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One run of a job in this process. Progress and log are gathered here and written now and then.
final class JobRun implements JobContext {

  private static final int MOST_UNWRITTEN_LINES = 5000;

  /// Why a run was told to stop.
  enum Stop {
    CANCELLED,
    OVERTIME,
    LOST,
    SHUTDOWN
  }

  /// What is to be written.
  record Report(List<String> lines, Optional<Progress> progress) {
    boolean isEmpty() {
      return lines.isEmpty() && progress.isEmpty();
    }
  }

  record Progress(int percent, String text) {}

  private final JobRows.Started job;
  private final JsonMapper json;
  private final long beginNanos = System.nanoTime();
  private List<String> lines = new ArrayList<>();
  private int left;
  private @Nullable Progress progress;
  private @Nullable JsonNode result;
  private @Nullable Stop stop;
  private long stopNanos;
  private @Nullable Thread thread = Thread.currentThread();

  JobRun(JobRows.Started job, JsonMapper json) {
    this.job = job;
    this.json = json;
  }

  @Override
  public UUID id() {
    return job.id();
  }

  UUID run() {
    return job.run();
  }

  String kind() {
    return job.kind();
  }

  int failures() {
    return job.failures();
  }

  @Override
  public UUID tenant() {
    return job.tenant();
  }

  @Override
  public JsonNode subject() {
    return job.subject();
  }

  @Override
  public synchronized void progress(int percent, String text) {
    progress = new Progress(Math.clamp(percent, 0, 100), text);
  }

  @Override
  public synchronized void log(String line) {
    if (lines.size() < MOST_UNWRITTEN_LINES) {
      lines.add(line);
    } else {
      left++;
    }
  }

  @Override
  public synchronized void result(Object value) {
    result = json.valueToTree(value);
  }

  synchronized Optional<JsonNode> result() {
    return Optional.ofNullable(result);
  }

  @Override
  public synchronized boolean isCancelled() {
    return stop != null;
  }

  synchronized Optional<Stop> stopped() {
    return Optional.ofNullable(stop);
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - beginNanos);
  }

  /// How long ago it was told to stop.
  synchronized Duration stoppedSince() {
    return stop == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - stopNanos);
  }

  /// Tells the handler to stop; the first reason stays.
  synchronized void stop(Stop why) {
    if (stop == null) {
      stop = why;
      stopNanos = System.nanoTime();
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  /// The handler is done: from now on its thread is not interrupted any more.
  synchronized void done() {
    thread = null;
    // What came too late must not break the writing of the end.
    boolean _ = Thread.interrupted();
  }

  /// Takes what was gathered.
  synchronized Report take() {
    if (left > 0) {
      lines.add("… " + left + " lines came too fast and are left out.");
      left = 0;
    }
    Report report = new Report(lines, Optional.ofNullable(progress));
    lines = new ArrayList<>();
    progress = null;
    return report;
  }

  /// Gives back what could not be written, unless newer came meanwhile.
  synchronized void giveBack(Report report) {
    List<String> all = new ArrayList<>(report.lines());
    all.addAll(lines);
    lines = all;
    if (progress == null) {
      progress = report.progress().orElse(null);
    }
  }
}
