package dev.mote.frontends.tflite;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Gives out names, each once, printable and of bounded length.
final class UniqueNames {

  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> next = new HashMap<>();

  /// `wanted`, or `wanted_1`, `wanted_2` … when it is taken.
  String claim(String wanted) {
    String name = wanted;
    while (!taken.add(name)) {
      int number = next.merge(wanted, 1, Integer::sum);
      name = wanted + "_" + number;
    }
    return name;
  }

  /// `text` without control characters and not too long; `otherwise` when nothing is left.
  static String printable(String text, String otherwise) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(Limits.NAME_LENGTH)
        .map(
            c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
        .forEach(clean::appendCodePoint);
    return clean.toString().isBlank() ? otherwise : clean.toString();
  }
}
