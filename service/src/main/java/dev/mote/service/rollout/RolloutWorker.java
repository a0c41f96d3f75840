package dev.mote.service.rollout;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// The thread of a process that does what rollouts have due: at once when this process put
/// something in, and at the latest at the next poll.
@Component
class RolloutWorker implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(RolloutWorker.class);

  private final RolloutExecutor executor;
  private final RolloutSettings settings;
  private final Semaphore calls = new Semaphore(0);
  private volatile boolean running;
  private volatile Thread thread = Thread.currentThread();

  RolloutWorker(RolloutExecutor executor, RolloutSettings settings) {
    this.executor = executor;
    this.settings = settings;
  }

  /// Looks as soon as the caller's transaction has committed.
  void call() {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      calls.release();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            calls.release();
          }
        });
  }

  private void run() {
    while (running) {
      try {
        if (!executor.runDue()) {
          boolean called = calls.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
          if (called) {
            calls.drainPermits();
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("Rollouts could not be looked at; trying again", e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(settings.poll());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().daemon().name("rollouts").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    calls.release();
    try {
      // A step is short; what it has not done is done by the next process.
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
