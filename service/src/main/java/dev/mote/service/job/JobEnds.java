package dev.mote.service.job;

import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.event.Events;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/// Ends jobs: the row, the listeners, the quota and the event in one transaction. Also writes what
/// a run reports, in transactions of its own, so that a handler's rollback does not take its log
/// along.
@Component
class JobEnds {

  private final JobRows rows;
  private final JobSettings settings;
  private final Events events;
  private final Quotas quotas;
  private final ObjectProvider<JobListener> listeners;
  private final TransactionTemplate joined;
  private final TransactionTemplate own;

  JobEnds(
      JobRows rows,
      JobSettings settings,
      Events events,
      Quotas quotas,
      ObjectProvider<JobListener> listeners,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.settings = settings;
    this.events = events;
    this.quotas = quotas;
    this.listeners = listeners;
    this.joined = new TransactionTemplate(transactions);
    this.own = new TransactionTemplate(transactions);
    own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /// Ends a job that waits, in the caller's transaction if there is one.
  boolean endWaiting(UUID job) {
    return Boolean.TRUE.equals(
        joined.execute(
            status ->
                end(
                    job,
                    Optional.empty(),
                    JobState.CANCELLED,
                    Optional.empty(),
                    Optional.empty())));
  }

  /// Ends a job by the run that counts.
  ///
  /// @return false if the run had been taken over, so that there was nothing to end
  boolean end(JobRun run, JobState state, Optional<String> failure) {
    JobRun.Report report = run.take();
    try {
      return Boolean.TRUE.equals(
          own.execute(
              status -> {
                boolean mine = write(run, report);
                Optional<JsonNode> result =
                    state == JobState.SUCCEEDED ? run.result() : Optional.empty();
                return mine && end(run.id(), Optional.of(run.run()), state, failure, result);
              }));
    } catch (RuntimeException e) {
      run.giveBack(report);
      throw e;
    }
  }

  /// Writes what a run gathered.
  ///
  /// @return false if the run had been taken over
  boolean report(JobRun run) {
    JobRun.Report report = run.take();
    if (report.isEmpty()) {
      return true;
    }
    try {
      return Boolean.TRUE.equals(own.execute(status -> write(run, report)));
    } catch (RuntimeException e) {
      run.giveBack(report);
      throw e;
    }
  }

  private boolean write(JobRun run, JobRun.Report report) {
    if (report.isEmpty()) {
      return true;
    }
    if (!rows.isOf(run.id(), run.run())) {
      return false;
    }
    if (!report.lines().isEmpty()) {
      rows.addLines(run.id(), report.lines(), settings.logLines());
    }
    report
        .progress()
        .ifPresent(
            progress -> {
              rows.progress(run.id(), progress.percent(), progress.text());
              events.publish(
                  run.tenant(),
                  "job.progress",
                  run.id().toString(),
                  Map.of(
                      "job", run.id(),
                      "kind", run.kind(),
                      "progress", progress.percent(),
                      "text", progress.text()));
            });
    return true;
  }

  private boolean end(
      UUID job,
      Optional<UUID> run,
      JobState state,
      Optional<String> failure,
      Optional<JsonNode> result) {
    Optional<JobRows.Ended> ended = rows.end(job, run, state, failure, result);
    if (ended.isEmpty()) {
      return false;
    }
    JobRows.Ended it = ended.get();
    listeners.orderedStream().forEach(l -> l.ended(it.tenant(), job, it.kind(), state));
    quotas.give(it.tenant(), Quota.JOBS_AT_ONCE, 1);
    events.publish(
        it.tenant(),
        "job.ended",
        job.toString(),
        Map.of(
            "job", job,
            "kind", it.kind(),
            "title", it.title(),
            "state", state,
            "failure", failure.orElse("")));
    return true;
  }
}
