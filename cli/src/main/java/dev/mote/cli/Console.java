package dev.mote.cli;

import dev.mote.builder.Json;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;

/// Where a command writes: results to one stream, everything else to the other.
final class Console {

  private final PrintStream out;
  private final PrintStream err;
  private final PrintWriter outWriter;
  private final PrintWriter errWriter;

  private final Surroundings surroundings;

  Console(PrintStream out, PrintStream err, Surroundings surroundings) {
    this.surroundings = surroundings;
    this.out = out;
    this.err = err;
    this.outWriter = new PrintWriter(out, true);
    this.errWriter = new PrintWriter(err, true);
  }

  Surroundings surroundings() {
    return surroundings;
  }

  PrintWriter outWriter() {
    return outWriter;
  }

  PrintWriter errWriter() {
    return errWriter;
  }

  /// Prints a result.
  void print(String text) {
    out.println(text);
  }

  /// Prints a result as one JSON document: records, maps, lists, numbers, strings.
  void printJson(Object value) {
    out.println(Json.text(value));
  }

  /// Prints a result as a table whose columns are aligned.
  void printTable(Table table) {
    List<String> lines = table.lines();
    lines.forEach(out::println);
  }

  /// Says something that is not a result.
  void say(String text) {
    err.println(text);
  }

  /// A progress line, shown only to a person who watches.
  Progress progress(String what, long total) {
    return new Progress(watched() ? err : null, what, total);
  }

  private static boolean watched() {
    return System.console() != null && System.console().isTerminal();
  }

  void flush() {
    outWriter.flush();
    errWriter.flush();
    out.flush();
    err.flush();
  }
}
