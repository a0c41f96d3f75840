package dev.mote.wasm;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs what may never end, or may go too deep, on a thread of its own.
final class Deadline {

  /// Deep enough for any model, so that what overflows it goes on for ever.
  private static final long STACK_BYTES = 4L << 20;

  /// Name of the thread.
  static final String THREAD = "mote WebAssembly";

  private Deadline() {}

  /// What `task` gives within `limit`; its exceptions are passed on, whatever they are.
  static <T> T within(Duration limit, String where, Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread runner = new Thread(null, future, THREAD, STACK_BYTES);
    runner.setDaemon(true);
    runner.start();
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw WasmProblems.timedOut(where, Math.max(1, limit.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw WasmProblems.trapped(where, "it was interrupted");
    } catch (ExecutionException e) {
      throw cause(Objects.requireNonNullElse(e.getCause(), e), where);
    } finally {
      runner.interrupt();
    }
  }

  private static RuntimeException cause(Throwable cause, String where) {
    return switch (cause) {
      case StackOverflowError _ -> WasmProblems.trapped(where, "it calls itself too deeply");
      case OutOfMemoryError _ -> WasmProblems.trapped(where, "it takes too much memory");
      case Error error -> throw error;
      case RuntimeException exception -> exception;
      default -> new IllegalStateException(cause);
    };
  }
}
