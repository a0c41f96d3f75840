package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Jobs.
public final class Jobs {

  private final Wire wire;

  Jobs(Wire wire) {
    this.wire = wire;
  }

  /// Jobs, the newest first.
  ///
  /// @param state such as `RUNNING`; all if empty
  public Stream<Job> list(Optional<String> state) {
    return Pages.of(wire, "/v1/jobs", Map.of("state", state.orElse("")), Job.class);
  }

  /// One job.
  public Job get(UUID id) {
    return wire.get("/v1/jobs/" + id, Map.of()).as(Job.class);
  }

  /// Asks a job to end.
  public Job cancel(UUID id) {
    return wire.act("POST", "/v1/jobs/" + id + "/cancel").as(Job.class);
  }

  /// Lines of a log.
  ///
  /// @param next number to ask for more after; empty when the job has ended and this is the end
  public record Log(List<Line> lines, Optional<Long> next) {}

  /// @param line its number, from 1
  public record Line(long line, Instant at, String text) {}

  /// Reads a part of a job's log, also while it is written.
  ///
  /// @param after number of the last line that was read; 0 at the start
  public Log log(UUID id, long after) {
    return wire.get("/v1/jobs/" + id + "/log", Map.of("after", after, "limit", 1000)).as(Log.class);
  }
}
