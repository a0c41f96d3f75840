package dev.mote.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program outside of this process that runs to its end, or to its time limit.
///
/// @param words executable and arguments
/// @param directory where it runs
/// @param limit how long it may take
public record Command(List<String> words, Path directory, Duration limit) {

  /// Exit status of the `timeout` program when it had to kill.
  private static final int KILLED = 137;

  public Command {
    words = List.copyOf(words);
  }

  /// How a program ended.
  ///
  /// @param status exit status
  /// @param output standard output and error
  /// @param timedOut whether it was killed at its time limit
  public record Outcome(int status, String output, boolean timedOut) {
    /// Whether it ended by itself, with status 0.
    public boolean succeeded() {
      return status == 0 && !timedOut;
    }
  }

  /// Runs it. Its process is gone when this returns, however it returns; should this virtual
  /// machine be killed, `timeout` ends the process at the limit.
  public Outcome run() {
    try {
      Path log = Files.createTempFile(directory, "command", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(guarded())
              .directory(directory.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      // Messages in English, whatever the user's language: they are searched and shown.
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      Thread atShutdown = new Thread(() -> kill(process), "stop " + words.getFirst());
      Runtime.getRuntime().addShutdownHook(atShutdown);
      boolean ended;
      try {
        ended = process.waitFor(limit.toMillis() + 2000, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Problems.broken(words.getFirst(), "the run was interrupted");
      } finally {
        kill(process);
        removeHook(atShutdown);
      }
      String output = Files.readString(log, StandardCharsets.ISO_8859_1);
      Files.delete(log);
      int status = ended ? process.exitValue() : KILLED;
      return new Outcome(status, output, !ended || (status == KILLED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> guarded() {
    List<String> guarded = new ArrayList<>(limited(limit));
    guarded.addAll(words);
    return guarded;
  }

  /// Words that, before those of a command, end it after `limit`; none where there is no `timeout`.
  static List<String> limited(Duration limit) {
    return RequiredTools.named("timeout")
        .locate()
        .map(
            timeout ->
                List.of(timeout.toString(), "--signal=KILL", limit.toMillis() / 1000.0 + "s"))
        .orElse(List.of());
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is shutting down: the hook runs, and finds the process gone.
    }
  }
}
