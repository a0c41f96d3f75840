package dev.mote.service.device.filter;

import java.util.List;
import java.util.stream.Collectors;

/// A text in which anything may stand between its pieces.
///
/// @param pieces of the text, in order; between two of them was a wildcard
record Pattern(List<String> pieces) {

  Pattern {
    pieces = List.copyOf(pieces);
  }

  boolean isText() {
    return pieces.size() == 1;
  }

  String text() {
    return pieces.getFirst();
  }

  /// For SQL's `like`, whose escape is the backslash.
  String like() {
    return pieces.stream()
        .map(piece -> piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))
        .collect(Collectors.joining("%"));
  }

  /// Takes each piece at its first place after the one before, which finds a match if there is one.
  boolean matches(String text) {
    if (isText()) {
      return text.equals(text());
    }
    String last = pieces.getLast();
    if (!text.startsWith(text())) {
      return false;
    }
    int at = text().length();
    for (String piece : pieces.subList(1, pieces.size() - 1)) {
      int found = text.indexOf(piece, at);
      if (found < 0) {
        return false;
      }
      at = found + piece.length();
    }
    return text.length() - at >= last.length() && text.endsWith(last);
  }
}
