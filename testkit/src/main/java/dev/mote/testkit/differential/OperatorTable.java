package dev.mote.testkit.differential;

import static java.util.stream.Collectors.joining;

import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.Column;
import dev.mote.testkit.cases.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The documentation's table of operators × types, written from the families that pass.
public final class OperatorTable {

  /// The table's file, relative to the repository.
  public static final String FILE = "docs/reference/operators.md";

  private static final String COMPARED = "●";
  private static final String NOT_IN_TFLITE = "○";

  private OperatorTable() {}

  /// Runs every family, writes the table into the repository at `arguments[0]` (or the present
  /// folder), and exits with 1 when something disagrees.
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments.length > 0 ? arguments[0] : ".");
    List<FamilyReport> reports = Reports.of(Families.all());
    Files.writeString(root.resolve(FILE), text(reports));
    List<FamilyReport> failed = reports.stream().filter(report -> !report.passed()).toList();
    failed.forEach(report -> System.err.println(report.family().name() + "\n" + report.text(3)));
    System.err.printf(
        "%d of %d families agree; wrote %s%n",
        reports.size() - failed.size(), reports.size(), FILE);
    System.exit(failed.isEmpty() ? 0 : 1);
  }

  /// The table for `reports`.
  public static String text(List<FamilyReport> reports) {
    Map<String, Map<Column, String>> cells = cells(reports);
    String heading =
        "| operator | "
            + Arrays.stream(Column.values()).map(Column::label).collect(joining(" | "))
            + " |";
    String rule = "|---|" + ":-:|".repeat(Column.values().length);
    String rows =
        cells.entrySet().stream()
            .map(row -> row(row.getKey(), row.getValue()))
            .collect(joining("\n"));
    return """
        # Operators

        Written by `make operators` from the tests that pass; do not edit.

        ● agrees in at least 30 random cases, boundary values included: TFLite's reference kernels, Mote's
        reference interpreter and the emitted C on the host; bit by bit for integers, within 1e-5 for
        floats unless said otherwise below. ○ the same without TFLite, which has no such kernel.
        Where desktop TFLite and TensorFlow Lite Micro differ, Mote follows the latter: see
        [tflite-differences.md](tflite-differences.md).

        %s
        %s
        %s

        ## Weaker agreements

        %s
        """
        .formatted(heading, rule, rows, notes(reports));
  }

  /// The marks of a table: each an operator and a column, for instance `ADD int8`.
  public static Set<String> claims(String table) {
    Set<String> claims = new TreeSet<>();
    for (String line : table.lines().toList()) {
      String[] row = line.split("\\|", -1);
      if (row.length != Column.values().length + 3) {
        continue;
      }
      int cell = 2;
      for (Column column : Column.values()) {
        String mark = row[cell++].strip();
        if (mark.equals(COMPARED) || mark.equals(NOT_IN_TFLITE)) {
          claims.add(row[1].strip() + " " + column.label());
        }
      }
    }
    return claims;
  }

  private static Map<String, Map<Column, String>> cells(List<FamilyReport> reports) {
    Map<String, Map<Column, String>> cells = new TreeMap<>();
    Set<String> broken = new TreeSet<>();
    for (FamilyReport report : reports) {
      String operator = report.family().operator();
      Column column = report.family().column();
      Map<Column, String> row = cells.computeIfAbsent(operator, _ -> new EnumMap<>(Column.class));
      if (!report.passed()) {
        broken.add(operator + " " + column);
      } else if (report.comparedWithTflite()) {
        row.put(column, COMPARED);
      } else {
        row.putIfAbsent(column, NOT_IN_TFLITE);
      }
    }
    cells.forEach(
        (operator, row) -> row.keySet().removeIf(c -> broken.contains(operator + " " + c)));
    cells.values().removeIf(Map::isEmpty);
    return cells;
  }

  private static String row(String operator, Map<Column, String> marks) {
    return "| "
        + operator
        + " | "
        + Arrays.stream(Column.values())
            .map(column -> marks.getOrDefault(column, " "))
            .collect(joining(" | "))
        + " |";
  }

  private static String notes(List<FamilyReport> reports) {
    String notes =
        reports.stream()
            .filter(FamilyReport::passed)
            .flatMap(
                report ->
                    Arrays.stream(
                        new String[] {
                          note(report, "TFLite", report.family().oracle()),
                          note(report, "emitted C", report.family().emitted())
                        }))
            .filter(note -> !note.isEmpty())
            .collect(joining("\n"));
    return notes.isEmpty() ? "None." : notes;
  }

  private static String note(FamilyReport report, String peer, Agreement agreement) {
    String text =
        switch (agreement) {
          case Agreement.Exact _ -> "";
          case Agreement.Close(float relative, float absolute) ->
              agreement.equals(Agreement.FLOAT)
                  ? ""
                  : "within %s relative and %s absolute".formatted(relative, absolute);
          case Agreement.Within(int steps, String reason) ->
              "within %d %s: %s".formatted(steps, steps == 1 ? "step" : "steps", reason);
          case Agreement.Absent(String reason) -> "not compared: " + reason;
        };
    return text.isEmpty() ? "" : "- %s, %s: %s".formatted(report.family().name(), peer, text);
  }
}
