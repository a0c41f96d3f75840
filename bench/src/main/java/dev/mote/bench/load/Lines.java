package dev.mote.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The other end of a [ServerProcess]: a line in, a line out, until `quit`.
final class Lines {

  private Lines() {}

  static void answer(PrintStream out, UnaryOperator<String> answers) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (@Nullable String line = in.readLine();
        line != null && !line.equals("quit");
        line = in.readLine()) {
      out.println(answers.apply(line));
    }
  }

  /// Milliseconds that the compiler of the JVM took since the start.
  static String compiled() {
    return Long.toString(ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
  }

  /// Bytes that the collector left over: what threads have taken for themselves since is not in it.
  static String heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    long left =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getCollectionUsage().getUsed())
            .sum();
    return Long.toString(left);
  }
}
