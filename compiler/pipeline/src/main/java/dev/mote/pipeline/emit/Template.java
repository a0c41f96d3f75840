package dev.mote.pipeline.emit;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text with named holes, written `${name}`.
///
/// @param text the text
record Template(String text) {

  private static final Pattern HOLE = Pattern.compile("\\$\\{(\\w+)}");

  /// The text with every hole filled.
  ///
  /// @throws IllegalArgumentException when a hole has no value or a value has no hole
  String fill(Map<String, String> values) {
    Set<String> unused = new HashSet<>(values.keySet());
    String filled =
        HOLE.matcher(text)
            .replaceAll(
                match -> {
                  String value = values.get(match.group(1));
                  if (value == null) {
                    throw new IllegalArgumentException("hole '" + match.group(1) + "' is unfilled");
                  }
                  unused.remove(match.group(1));
                  return Matcher.quoteReplacement(value);
                });
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException("values without a hole: " + unused);
    }
    return filled;
  }
}
