package dev.mote.service.device;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Work of many threads done together: whatever arrives while one batch is under way makes the
/// next.
///
/// A caller goes on when its batch has been done, so that a commit is shared by all that wait for
/// one. There is no delay: a batch of one is done at once.
final class Batches<T, R> implements AutoCloseable {

  /// Does a batch.
  interface Work<T, R> {
    /// @return a result for each item, in their order
    List<R> run(List<T> items) throws Exception;
  }

  /// How often those that have waited too long are looked for: a timer for each of them would cost
  /// more than the work.
  private static final Duration LOOK = Duration.ofMillis(500);

  private record Item<T, R>(T what, CompletableFuture<R> result, long until) {}

  private final BlockingQueue<Item<T, R>> waiting;
  private final int most;
  private final Duration patience;
  private final Work<T, R> work;
  private final Thread thread;
  private volatile List<Item<T, R>> underWay = List.of();
  private volatile boolean isClosed;

  /// @param most items of a batch; eight times as many may wait
  /// @param patience longest time for one item
  Batches(String name, int most, Duration patience, Work<T, R> work) {
    this.waiting = new ArrayBlockingQueue<>(8 * most);
    this.most = most;
    this.patience = patience;
    this.work = work;
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    Thread.ofVirtual().name(name + "-late").start(this::failLate);
  }

  /// Does `what` with others.
  ///
  /// @throws IllegalStateException when it could not be done in time, or failed
  R run(T what) {
    Item<T, R> item =
        new Item<>(what, new CompletableFuture<>(), System.nanoTime() + patience.toNanos());
    if (isClosed || !waiting.offer(item)) {
      throw new IllegalStateException(
          isClosed ? "the service stops" : "too much waits for the database");
    }
    try {
      return item.result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TimeoutException
          ? new IllegalStateException("the database does not answer", e.getCause())
          : new IllegalStateException("the database refused a batch", e.getCause());
    }
  }

  /// How much waits.
  int length() {
    return waiting.size();
  }

  private void run() {
    List<Item<T, R>> batch = new ArrayList<>(most);
    while (!isClosed || !waiting.isEmpty()) {
      try {
        Item<T, R> first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        waiting.drainTo(batch, most - 1);
        // Nobody waits any more for what is late.
        batch.removeIf(item -> item.result.isDone());
        underWay = List.copyOf(batch);
        if (!batch.isEmpty()) {
          done(batch);
        }
      } catch (InterruptedException e) {
        isClosed = true;
      } finally {
        underWay = List.of();
        batch.clear();
      }
    }
  }

  /// Ends the waiting of those whose time is over.
  private void failLate() {
    try {
      boolean isAlive = true;
      while (isAlive) {
        isAlive = thread.isAlive();
        Thread.sleep(LOOK);
        failLate(underWay);
        failLate(waiting);
      }
      // What came in as the last batch ended.
      waiting.forEach(item -> item.result.completeExceptionally(new TimeoutException("closed")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T, R> void failLate(Collection<Item<T, R>> items) {
    long now = System.nanoTime();
    for (Item<T, R> item : items) {
      if (now - item.until > 0) {
        item.result.completeExceptionally(new TimeoutException("it took too long"));
      }
    }
  }

  private void done(List<Item<T, R>> batch) {
    try {
      List<R> results = work.run(batch.stream().map(Item::what).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).result.complete(results.get(i));
      }
    } catch (Exception e) {
      if (batch.size() > 1 && isOfItems(e)) {
        done(batch.subList(0, batch.size() / 2));
        done(batch.subList(batch.size() / 2, batch.size()));
      } else {
        batch.forEach(item -> item.result.completeExceptionally(e));
      }
    }
  }

  /// Whether the database refused what it was given, and not to work: then one item alone is to
  /// blame, and the others are to be done without it.
  private static boolean isOfItems(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String kind = sql.getSQLState().substring(0, Math.min(2, sql.getSQLState().length()));
        // Data, constraints, deadlocks, limits.
        return List.of("22", "23", "40", "54").contains(kind);
      }
    }
    return false;
  }

  /// Does what waits, and no more.
  @Override
  public void close() {
    isClosed = true;
    try {
      thread.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
