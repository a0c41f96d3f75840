package dev.mote.service.device;

import java.util.ArrayList;
import java.util.List;

/// A line of comma-separated values (RFC 4180), without line breaks within values.
final class CsvLine {

  private CsvLine() {}

  static List<String> parse(String line) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (isQuoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        value.append('"');
        i++;
      } else if (c == '"') {
        isQuoted = !isQuoted;
      } else if (c == ',' && !isQuoted) {
        values.add(value.toString().strip());
        value.setLength(0);
      } else {
        value.append(c);
      }
    }
    if (isQuoted) {
      throw new IllegalArgumentException("a quotation mark is not closed");
    }
    values.add(value.toString().strip());
    return values;
  }
}
