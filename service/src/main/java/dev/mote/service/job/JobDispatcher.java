package dev.mote.service.job;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Hands jobs to db-scheduler when it is their turn.
///
/// Jobs wait in our own table, and only as many as one process can start at once are handed over,
/// so that a tenant with thousands of jobs does not stand before one that comes with its first.
/// db-scheduler runs each in one process, and starts it in another when that one's heartbeat stops.
@Component
class JobDispatcher implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(JobDispatcher.class);
  private static final int MISSED_HEARTBEATS = 4;
  private static final Duration REPORT = Duration.ofMillis(250);

  private final JobRows rows;
  private final JobRunner runner;
  private final JobSettings settings;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final OneTimeTask<Void> task;
  private final Scheduler scheduler;

  /// When runs are due and whether a process lives is real time, whatever time the service is told.
  private final InstantSource realTime = InstantSource.system();

  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile boolean running;
  private volatile ScheduledExecutorService timer = Executors.newScheduledThreadPool(0);

  JobDispatcher(
      DataSource source,
      JobRows rows,
      JobRunner runner,
      JobSettings settings,
      TransactionTemplate transaction,
      Clock clock) {
    this.rows = rows;
    this.runner = runner;
    this.settings = settings;
    this.transaction = transaction;
    this.clock = clock;
    this.task =
        Tasks.oneTime("job")
            .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(Duration.ofSeconds(2)))
            .execute((instance, context) -> run(UUID.fromString(instance.getId())));
    this.scheduler =
        Scheduler.create(new TransactionAwareDataSourceProxy(source), task)
            .threads(settings.atOnce())
            .pollingInterval(settings.poll())
            .heartbeatInterval(settings.heartbeat())
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .shutdownMaxWait(Duration.ofSeconds(20))
            .build();
  }

  private void run(UUID job) {
    // A thread is taken: the next one in line may be handed over.
    dispatchSoon();
    try {
      runner.run(job);
    } catch (InterruptedException e) {
      // Its end is not written: thrown, so that the scheduler keeps it.
      throw new IllegalStateException(
          "interrupted before the end of job " + job + " was written", e);
    } finally {
      dispatchSoon();
    }
  }

  /// Looks in a moment for jobs whose turn it is.
  void dispatchSoon() {
    if (running && asked.compareAndSet(false, true)) {
      timer.execute(this::dispatch);
    }
  }

  private void dispatch() {
    asked.set(false);
    try {
      Integer handed = transaction.execute(status -> handOver());
      if (handed != null && handed > 0) {
        scheduler.triggerCheckForDueExecutions();
      }
    } catch (RuntimeException e) {
      LOG.warn("Jobs could not be handed over; trying again", e);
    }
  }

  private int handOver() {
    rows.lockLine();
    List<UUID> next = rows.nextInLine(settings.atOncePerTenant(), settings.atOnce());
    Instant now = realTime.instant();
    // Of a run that put its job back and is just leaving, the scheduler's row may still be there:
    // later.
    List<UUID> handed =
        next.stream()
            .filter(job -> scheduler.scheduleIfNotExists(task.instance(job.toString()), now))
            .toList();
    if (!handed.isEmpty()) {
      rows.dispatched(handed);
    }
    return handed.size();
  }

  private void tidy() {
    rows.deleteEndedBefore(clock.instant().minus(settings.keep()));
  }

  @Override
  public void start() {
    runner.handlers();
    ScheduledExecutorService threads =
        Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("jobs-", 1).factory());
    timer = threads;
    running = true;
    scheduler.start();
    repeat(threads, this::dispatch, settings.poll());
    repeat(threads, runner::watch, settings.poll());
    repeat(threads, runner::report, REPORT);
    repeat(threads, this::tidy, Duration.ofHours(1));
  }

  private static void repeat(ScheduledExecutorService threads, Runnable what, Duration pause) {
    Runnable safely =
        () -> {
          try {
            what.run();
          } catch (RuntimeException e) {
            LOG.warn("Jobs could not be watched; trying again", e);
          }
        };
    var _ = threads.scheduleWithFixedDelay(safely, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    running = false;
    runner.shutDown();
    scheduler.stop();
    timer.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
