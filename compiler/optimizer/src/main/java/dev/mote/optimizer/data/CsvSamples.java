package dev.mote.optimizer.data;

import dev.mote.ir.Shape;
import dev.mote.optimizer.data.Preparation.Nature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A sample on each line of text, its numbers separated by commas, semicolons, tabs or spaces. A
/// first line without any number is a heading; `#` begins a comment.
final class CsvSamples {

  private static final String FIX =
      "write one sample on each line, its numbers separated by commas.";

  private CsvSamples() {}

  static RawSamples of(Path file, Shape input, Optional<String> column, List<String> classes) {
    List<String> heading = List.of();
    List<float[]> rows = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    int label = -1;
    int lineNumber = 0;
    for (String line : Labels.lines(file)) {
      lineNumber++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> cells = cells(line);
      if (rows.isEmpty()
          && heading.isEmpty()
          && cells.stream().noneMatch(CsvSamples::mayBeNumber)) {
        heading = cells;
        continue;
      }
      if (rows.isEmpty()) {
        label = column(file, column, heading, cells.size());
      }
      String where = "line " + lineNumber;
      require(file, where, cells.size(), input, label >= 0);
      rows.add(numbers(file, where, cells, label, input.count()));
      FileProblem.requireSize(file, (long) rows.size() * input.count() * Float.BYTES);
      if (label >= 0) {
        labels.add(cells.get(label));
      }
    }
    return new RawSamples(
        rows.size(),
        i -> List.of(rows.get(i)),
        i -> file + ", sample " + i,
        Nature.NUMBERS,
        label >= 0 ? Labels.of(file, labels, classes) : Labels.NONE);
  }

  private static void require(Path file, String where, int cells, Shape input, boolean labelled) {
    int wanted = input.count() + (labelled ? 1 : 0);
    if (cells != wanted) {
      throw FileProblem.misfit(
          file,
          "%s has %,d cells, the model's input %s takes %,d%s"
              .formatted(
                  where, cells, input, input.count(), labelled ? ", and one is the label" : ""),
          !labelled && cells == wanted + 1
              ? "say which column is the label: --label-column NAME, or its number from 1 on."
              : FIX);
    }
  }

  private static int column(Path file, Optional<String> column, List<String> heading, int columns) {
    if (column.isEmpty()) {
      return -1;
    }
    String wanted = column.get();
    int index =
        heading.contains(wanted)
            ? heading.indexOf(wanted)
            : wanted.matches("\\d{1,6}") ? Integer.parseInt(wanted) - 1 : -1;
    if (index < 0 || index >= columns) {
      throw FileProblem.of(
          FileProblem.LABELS,
          file,
          "it has no column '%s'".formatted(wanted)
              + (heading.isEmpty() ? ", nor a heading" : "; its columns are " + heading),
          "name a column of the heading, or its number from 1 to " + columns + ".");
    }
    return index;
  }

  private static float[] numbers(
      Path file, String where, List<String> cells, int label, int count) {
    float[] numbers = new float[count];
    int at = 0;
    for (int i = 0; i < cells.size(); i++) {
      if (i != label) {
        try {
          numbers[at++] = Float.parseFloat(cells.get(i));
        } catch (NumberFormatException e) {
          throw FileProblem.malformed(file, where + ": '" + cells.get(i) + "' is no number", FIX);
        }
      }
    }
    return numbers;
  }

  private static List<String> cells(String line) {
    String separator = line.contains(",") ? "," : line.contains(";") ? ";" : "\\s+";
    return Arrays.stream(line.strip().split(separator, -1))
        .map(cell -> cell.strip().replaceAll("^\"|\"$", ""))
        .toList();
  }

  private static boolean mayBeNumber(String cell) {
    try {
      Float.parseFloat(cell);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
