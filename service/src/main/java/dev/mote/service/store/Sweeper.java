package dev.mote.service.store;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Deletes what nobody holds, now and then. Several processes may do so at once.
@Component
class Sweeper implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final int BATCH = 1_000;

  /// Looking through all that is stored takes longer than asking the database.
  private static final Duration ORPHANS = Duration.ofDays(1);

  private final StoredArtifacts artifacts;
  private final Blobs blobs;
  private final StoreSettings settings;
  private volatile ScheduledExecutorService timer = Executors.newScheduledThreadPool(0);
  private volatile boolean running;

  Sweeper(StoredArtifacts artifacts, Blobs blobs, StoreSettings settings) {
    this.artifacts = artifacts;
    this.blobs = blobs;
    this.settings = settings;
  }

  /// Deletes artifacts that nobody holds.
  ///
  /// @return how many
  int sweep() {
    int swept = 0;
    List<String> unheld;
    do {
      unheld = artifacts.unheld(settings.grace().toSeconds(), BATCH);
      int before = swept;
      for (String sha256 : unheld) {
        if (artifacts.sweep(sha256, settings.grace().toSeconds())) {
          swept++;
        }
      }
      if (swept == before) {
        break;
      }
    } while (unheld.size() == BATCH);
    if (swept > 0) {
      LOG.info("Deleted {} artifacts that nobody held", swept);
    }
    return swept;
  }

  /// Deletes bytes without a row, and what else was left.
  int sweepOrphans() {
    int swept = 0;
    try (Stream<String> names = blobs.olderThan(settings.grace().toSeconds())) {
      for (String name : (Iterable<String>) names::iterator) {
        if (artifacts.sweepOrphan(name)) {
          swept++;
        }
      }
      blobs.tidy();
    } catch (IOException e) {
      LOG.warn("The store could not be looked through", e);
    }
    return swept;
  }

  @Override
  public void start() {
    ScheduledExecutorService threads =
        Executors.newScheduledThreadPool(1, Thread.ofPlatform().daemon().name("sweeper").factory());
    timer = threads;
    running = true;
    repeat(threads, this::sweep, settings.sweep());
    repeat(threads, this::sweepOrphans, ORPHANS);
  }

  private static void repeat(ScheduledExecutorService threads, Runnable what, Duration pause) {
    Runnable safely =
        () -> {
          try {
            what.run();
          } catch (RuntimeException e) {
            LOG.warn("Artifacts could not be swept; trying again later", e);
          }
        };
    var _ =
        threads.scheduleWithFixedDelay(
            safely, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
