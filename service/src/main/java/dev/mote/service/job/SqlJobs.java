package dev.mote.service.job;

import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.database.Ids;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Jobs as rows of the table `job`.
@Component
class SqlJobs implements Jobs {

  private static final int MOST_TITLE_LENGTH = 300;

  private final JobRows rows;
  private final JobEnds ends;
  private final JobRunner runner;
  private final JobDispatcher dispatcher;
  private final Quotas quotas;

  SqlJobs(JobRows rows, JobEnds ends, JobRunner runner, JobDispatcher dispatcher, Quotas quotas) {
    this.rows = rows;
    this.ends = ends;
    this.runner = runner;
    this.dispatcher = dispatcher;
    this.quotas = quotas;
  }

  @Override
  @Transactional
  public UUID submit(UUID tenant, String kind, Object subject, String title) {
    if (!runner.handlers().containsKey(kind)) {
      throw new IllegalArgumentException("no handler of jobs '" + kind + "'");
    }
    quotas.take(tenant, Quota.JOBS_AT_ONCE, 1);
    UUID id = Ids.next();
    String shown =
        title.length() <= MOST_TITLE_LENGTH ? title : title.substring(0, MOST_TITLE_LENGTH);
    rows.insert(id, tenant, kind, subject, shown);
    afterCommit(dispatcher::dispatchSoon);
    return id;
  }

  @Override
  @Transactional
  public boolean cancel(UUID tenant, UUID job) {
    if (!rows.askToCancel(tenant, job)) {
      return false;
    }
    if (!ends.endWaiting(job)) {
      afterCommit(() -> runner.cancel(job));
    }
    return true;
  }

  @Override
  public Optional<Job> find(UUID tenant, UUID job) {
    return rows.find(tenant, job);
  }

  private static void afterCommit(Runnable what) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            what.run();
          }
        });
  }
}
