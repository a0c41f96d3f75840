package dev.mote.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The process that is measured: a main class that says on its first line where it listens, and
/// answers each line with one.
final class ServerProcess implements AutoCloseable {

  /// Half of it for what is young: what passes by with each message is then mostly gone when the
  /// collector comes. What is held softly does not count, so that the heap before the first device
  /// is not seen too large.
  private static final List<String> HEAP =
      List.of("-Xms2g", "-Xmx2g", "-Xmn1g", "-XX:SoftRefLRUPolicyMSPerMB=0");

  private static final int REST_SECONDS = 7;

  private final Process process;
  private final BufferedReader out;
  private final PrintWriter in;
  private final List<String> words;

  ServerProcess(Class<?> main, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(HEAP);
    // For a look inside: a recording, say.
    String more = System.getProperty("mote.bench.server", "");
    command.addAll(List.of(more.isEmpty() ? new String[0] : more.split(" ", -1)));
    command.add(main.getName());
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    words = List.of(Objects.requireNonNull(out.readLine(), "it did not start").split(" ", -1));
  }

  long id() {
    return process.pid();
  }

  /// A word of the first line.
  String word(int index) {
    return words.get(index);
  }

  /// A number of the first line.
  int number(int index) {
    return Integer.parseInt(words.get(index));
  }

  /// Process of the database, the second word of the first line; 0 for none.
  long database() {
    return number(1);
  }

  String ask(String line) {
    in.println(line);
    try {
      return Objects.requireNonNull(out.readLine(), "it ended");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Bytes in use when the server has had time to let go of what is done.
  long heapAtRest() {
    try {
      TimeUnit.SECONDS.sleep(REST_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Long.parseLong(ask("heap"));
  }

  /// Milliseconds that the compiler of its JVM took since the start.
  long compilerMillis() {
    return Long.parseLong(ask("compiled"));
  }

  /// Ends it as a power cut would.
  void kill() {
    process.destroyForcibly();
    await();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      in.println("quit");
      await();
    }
  }

  private void await() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
