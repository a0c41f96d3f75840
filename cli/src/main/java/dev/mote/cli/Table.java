package dev.mote.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Text in aligned columns: a column whose every cell is a number is aligned to the right.
final class Table {

  private final List<String> heads;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heads) {
    this.heads = List.of(heads);
  }

  void row(Object... cells) {
    if (cells.length != heads.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + heads);
    }
    rows.add(Arrays.stream(cells).map(Table::cell).toList());
  }

  private static String cell(Object value) {
    return value instanceof Integer || value instanceof Long
        ? "%,d".formatted(((Number) value).longValue())
        : String.valueOf(value);
  }

  /// The cells of all rows, heads left out.
  List<List<String>> rows() {
    return List.copyOf(rows);
  }

  /// The table's lines, heads first, none ending in spaces.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line(heads));
    rows.forEach(row -> lines.add(line(row)));
    return lines;
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String padding = " ".repeat(width(column) - cells.get(column).length());
      line.append(isNumeric(column) ? padding + cells.get(column) : cells.get(column) + padding);
      line.append("  ");
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream()
        .mapToInt(row -> row.get(column).length())
        .reduce(heads.get(column).length(), Math::max);
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty()
        && rows.stream()
            .allMatch(row -> row.get(column).matches("-|[-+]?[0-9][0-9,.]*( ?[%kMG]?i?B?)?"));
  }
}
