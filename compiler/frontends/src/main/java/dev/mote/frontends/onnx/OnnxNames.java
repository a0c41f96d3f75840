package dev.mote.frontends.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Gives out names, each once.
final class OnnxNames {

  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> last = new HashMap<>();

  /// `wanted`, or with the first free number behind it.
  String claim(String wanted) {
    String start = wanted.isEmpty() ? "tensor" : wanted;
    String name = start;
    while (!taken.add(name)) {
      name = start + "_" + last.merge(start, 1, Integer::sum);
    }
    return name;
  }

  /// `text` as it may stand in a message: without control characters and not too long.
  static String printable(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(OnnxLimits.NAME_LENGTH)
        .forEach(
            c -> {
              boolean odd =
                  Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
              clean.appendCodePoint(odd ? '?' : c);
            });
    return clean.toString();
  }
}
