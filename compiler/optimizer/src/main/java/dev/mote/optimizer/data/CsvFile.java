package dev.mote.optimizer.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Numbers in text, separated by commas, semicolons, white space or line ends. A first line that is
/// not of numbers is taken for a heading; lines that start with `#` are comments.
final class CsvFile {

  private CsvFile() {}

  static Numbers parse(Path file, byte[] bytes) {
    List<Double> values = new ArrayList<>();
    int lineNumber = 0;
    boolean mayBeHeading = true;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\\R", -1)) {
      lineNumber++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> cells = cells(line);
      if (mayBeHeading && cells.stream().noneMatch(CsvFile::isNumber)) {
        mayBeHeading = false;
        continue;
      }
      mayBeHeading = false;
      for (String cell : cells) {
        if (!isNumber(cell)) {
          throw FileProblem.malformed(
              file,
              "line " + lineNumber + ": '" + cell + "' is no number",
              "separate decimal numbers by commas.");
        }
        values.add(Double.parseDouble(cell));
      }
    }
    return new Numbers(List.of(), values, Optional.empty());
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.split("[,;\\s]+", -1)) {
      if (!cell.isEmpty()) {
        cells.add(cell);
      }
    }
    return cells;
  }

  private static boolean isNumber(String cell) {
    return cell.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
  }
}
