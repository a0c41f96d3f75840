package dev.mote.service.event;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Someone who watches the events of a tenant, from a position on.
///
/// What happened before the watch began is read from the database page by page; what happens since
/// then waits in a queue of bounded length. Whoever reads more slowly than that is cut off.
public final class Watch implements AutoCloseable {

  private final EventTail tail;
  private final UUID tenant;
  private final Predicate<Event> wanted;
  private final BlockingQueue<Event> queue;
  private final Deque<Event> replay = new ArrayDeque<>();

  /// The queue has everything after this.
  private final Position begin;

  private Position reached;
  private boolean lost;
  private volatile boolean closed;

  Watch(
      EventTail tail,
      UUID tenant,
      Predicate<Event> wanted,
      int capacity,
      Position begin,
      @Nullable Position after) {
    this.tail = tail;
    this.tenant = tenant;
    this.wanted = wanted;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.begin = begin;
    this.reached = after == null ? begin : after;
    this.lost = after != null && !tail.knows(tenant, after);
  }

  /// Whether events between the position asked for and the first one given were deleted already.
  /// Says so once.
  public boolean takeLost() {
    boolean was = lost;
    lost = false;
    return was;
  }

  /// The next event; waits for it.
  ///
  /// @return empty after `timeout` without one, and when the watch is closed
  public Optional<Event> next(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!closed) {
      Event event = nextReplayed();
      if (event == null) {
        event = queue.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (event == null) {
          return Optional.empty();
        }
      }
      if (event.position().compareTo(reached) > 0) {
        reached = event.position();
        if (wanted.test(event)) {
          return Optional.of(event);
        }
      }
    }
    return Optional.empty();
  }

  private @Nullable Event nextReplayed() {
    if (replay.isEmpty() && reached.compareTo(begin) < 0) {
      replay.addAll(tail.read(tenant, reached, begin));
      if (replay.isEmpty()) {
        reached = begin;
      }
    }
    return replay.poll();
  }

  UUID tenant() {
    return tenant;
  }

  /// Hands over an event; a reader that is too slow is cut off.
  void offer(Event event) {
    if (!queue.offer(event)) {
      close();
    }
  }

  /// Whether no more will come.
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    tail.remove(this);
    queue.clear();
  }
}
