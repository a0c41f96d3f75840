package dev.mote.service.telemetry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;

/// Who wants to know when the values that wait now are written. All but [#ask] belongs to the
/// thread that writes.
final class Receipts {

  /// Receipts that are due when so many values were taken from the queue in all, and written.
  private record Owed(long after, List<CompletableFuture<Void>> to) {}

  private final ConcurrentLinkedQueue<CompletableFuture<Void>> asked =
      new ConcurrentLinkedQueue<>();
  private final Deque<Owed> owed = new ArrayDeque<>();
  private long drained;

  /// Asked for after the values were put into the queue.
  CompletableFuture<Void> ask() {
    CompletableFuture<Void> receipt = new CompletableFuture<>();
    asked.add(receipt);
    return receipt;
  }

  /// Notes what was asked for so far.
  ///
  /// @param waiting how many values are in the queue; looked at after what was asked for, so that
  ///     the values of each receipt are among those or were taken before
  void collect(IntSupplier waiting) {
    List<CompletableFuture<Void>> to = new ArrayList<>();
    for (CompletableFuture<Void> one = asked.poll(); one != null; one = asked.poll()) {
      to.add(one);
    }
    if (!to.isEmpty()) {
      owed.add(new Owed(drained + waiting.getAsInt(), to));
    }
  }

  /// Notes that values were taken from the queue.
  void drained(int values) {
    drained += values;
  }

  /// Everything taken so far is written.
  void give() {
    while (!owed.isEmpty() && owed.getFirst().after() <= drained) {
      owed.removeFirst().to().forEach(one -> one.complete(null));
    }
  }
}
