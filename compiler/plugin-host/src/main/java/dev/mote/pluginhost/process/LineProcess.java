package dev.mote.pluginhost.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A program in a sandbox that reads lines and prints lines. Nothing that it does blocks whoever
/// talks to it for longer than they said; when it is closed, it is gone.
public final class LineProcess implements AutoCloseable {

  private static final int WAITING_LINES = 64;
  private static final int COMPLAINT_BYTES = 4_096;

  /// What came from the program.
  public sealed interface Event {
    /// A line, without its end.
    record Line(String text) implements Event {}

    /// A line is longer than the limit; nothing more comes.
    record TooLong() implements Event {}

    /// It closed its output.
    record Closed() implements Event {}

    /// Nothing, in the time that was given.
    record Silence() implements Event {}
  }

  private final Process process;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING_LINES);
  private final BlockingQueue<byte[]> toSend = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream complaint = new ByteArrayOutputStream();
  private final List<Thread> threads;
  private final Thread atShutdown;

  private LineProcess(Process process, int messageBytes) {
    this.process = process;
    this.atShutdown = new Thread(this::kill, "end a plugin");
    Runtime.getRuntime().addShutdownHook(atShutdown);
    this.threads =
        List.of(
            Thread.ofVirtual().start(() -> readLines(messageBytes)),
            Thread.ofVirtual().start(this::readComplaint),
            Thread.ofVirtual().start(this::write));
  }

  /// Starts `program` in `folder`, with an environment that has no secrets.
  ///
  /// @throws IOException when it cannot be started
  public static LineProcess start(Path folder, List<String> program, Limits limits)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Sandbox.strongest().command(folder, limits, program))
            .directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.clear();
    environment.putAll(
        Map.of(
            "PATH",
            path,
            "HOME",
            folder.toString(),
            "TMPDIR",
            folder.resolve("tmp").toString(),
            "LC_ALL",
            "C.UTF-8"));
    return new LineProcess(builder.start(), limits.messageBytes());
  }

  /// Sends a line; does not wait until it is read.
  public void send(String line) {
    toSend.add((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// Closes the program's input after all that was sent.
  public void sendEnd() {
    toSend.add(new byte[0]);
  }

  /// The next event, waiting for it at most that long.
  public Event next(Duration wait) {
    try {
      Event event = events.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
      return event == null ? new Event.Silence() : event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Event.Closed();
    }
  }

  /// Waits for the end, at most that long.
  ///
  /// @return the exit status, or -1 when it has not ended
  public int end(Duration wait) {
    try {
      return process.waitFor(wait.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /// The last words of its standard error on one line, without control characters.
  public String complaint() {
    synchronized (complaint) {
      String text = complaint.toString(StandardCharsets.UTF_8);
      String tail = text.substring(Math.max(0, text.length() - 500));
      return tail.replaceAll("\\p{Cntrl}+", " ").strip();
    }
  }

  @Override
  public void close() {
    kill();
    threads.forEach(Thread::interrupt);
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      // The virtual machine is shutting down: the hook runs, and finds the process gone.
    }
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void readLines(int most) {
    try (InputStream stream = process.getInputStream()) {
      byte[] chunk = new byte[8192];
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
        for (int i = 0; i < n; i++) {
          if (chunk[i] == '\n') {
            events.put(new Event.Line(line.toString(StandardCharsets.UTF_8)));
            line.reset();
          } else if (line.size() >= most) {
            events.put(new Event.TooLong());
            return;
          } else {
            line.write(chunk[i]);
          }
        }
      }
      if (line.size() > 0) {
        events.put(new Event.Line(line.toString(StandardCharsets.UTF_8)));
      }
      events.put(new Event.Closed());
    } catch (IOException e) {
      events.offer(new Event.Closed());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Keeps the last words, and reads on so that the program does not block.
  private void readComplaint() {
    try (InputStream stream = process.getErrorStream()) {
      byte[] chunk = new byte[2048];
      for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
        synchronized (complaint) {
          if (complaint.size() > COMPLAINT_BYTES) {
            complaint.reset();
          }
          complaint.write(chunk, 0, n);
        }
      }
    } catch (IOException e) {
      // It is gone, and so are its words.
    }
  }

  private void write() {
    try (OutputStream stream = process.getOutputStream()) {
      for (byte[] line = toSend.take(); line.length > 0; line = toSend.take()) {
        stream.write(line);
        stream.flush();
      }
    } catch (IOException e) {
      // It does not read any more; what it prints, or its end, says the rest.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
