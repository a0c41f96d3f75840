package dev.mote.service.job;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// Jobs of the tenant. How they go on is told by the events `job.progress` and `job.ended`.
@RestController
class JobsController {

  private static final int ENDED = 8110;
  private static final int MOST_LINES = 1_000;

  private final JobRows rows;
  private final Jobs jobs;
  private final Audit audit;

  JobsController(JobRows rows, Jobs jobs, Audit audit) {
    this.rows = rows;
    this.jobs = jobs;
    this.audit = audit;
  }

  /// @param progress per cent
  /// @param attempts how often it was started
  /// @param cancelAsked whether it is to be cancelled and has not obeyed yet
  record Shown(
      UUID id,
      String kind,
      String title,
      JobState state,
      int progress,
      String progressText,
      int attempts,
      boolean cancelAsked,
      Optional<String> failure,
      Optional<JsonNode> result,
      long logLines,
      Instant created,
      Optional<Instant> started,
      Optional<Instant> ended) {

    static Shown of(Job job) {
      return new Shown(
          job.id(),
          job.kind(),
          job.title(),
          job.state(),
          job.progress(),
          job.progressText(),
          job.attempts(),
          job.cancelAsked() && !job.state().isFinal(),
          job.failure(),
          job.result(),
          job.logLines(),
          job.created(),
          job.started(),
          job.ended());
    }
  }

  /// @param lines in order
  /// @param next number to ask for more after; empty when the job has ended and this is the end
  record Log(List<JobLine> lines, Optional<Long> next) {}

  @Operation(summary = "List jobs, newest first")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/jobs")
  Page<Shown> listJobs(
      Caller caller,
      PageRequest page,
      @RequestParam Optional<JobState> state,
      @RequestParam Optional<String> kind) {
    List<Shown> found =
        rows.list(caller.tenant(), state, kind, page.after(), page.rows()).stream()
            .map(Shown::of)
            .toList();
    return Page.of(found, page, Shown::id);
  }

  @Operation(summary = "Show a job")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/jobs/{id}")
  Shown getJob(Caller caller, @PathVariable UUID id) {
    return Shown.of(find(caller, id));
  }

  @Operation(summary = "Read a job's log, also while it is written")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/jobs/{id}/log")
  Log getJobLog(
      Caller caller,
      @PathVariable UUID id,
      @RequestParam(defaultValue = "0") long after,
      @RequestParam(defaultValue = "200") int limit) {
    if (limit < 1 || limit > MOST_LINES) {
      throw Problem.invalid("limit", "must be 1 to " + MOST_LINES);
    }
    // The state first: a job that had ended by then writes no more.
    boolean ended = find(caller, id).state().isFinal();
    List<JobLine> lines = rows.lines(caller.tenant(), id, after, limit);
    long last = lines.isEmpty() ? after : lines.getLast().line();
    return new Log(lines, ended && lines.size() < limit ? Optional.empty() : Optional.of(last));
  }

  @Operation(summary = "Ask a job to end")
  @Requires(Role.DEVELOPER)
  @PostMapping("/v1/jobs/{id}/cancel")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Transactional
  public Shown cancelJob(Caller caller, @PathVariable UUID id) {
    Job job = find(caller, id);
    if (!jobs.cancel(caller.tenant(), id)) {
      throw Problem.of(
          ENDED,
          HttpStatus.CONFLICT,
          "job '%s' has ended: %s".formatted(job.title(), find(caller, id).state()),
          "nothing is left to cancel.");
    }
    audit.record(caller, "job.cancel", "job/" + id, Map.of("title", job.title()));
    return Shown.of(find(caller, id));
  }

  private Job find(Caller caller, UUID id) {
    return jobs.find(caller.tenant(), id).orElseThrow(() -> Problem.notFound("job", id));
  }
}
