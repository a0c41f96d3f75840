package dev.mote.targets;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Guesses which name a mistyped one meant.
final class Spelling {

  private Spelling() {}

  /// The nearest of `names`, if near enough: at most a third of the letters edited, or one name a
  /// prefix of the other.
  static Optional<String> closest(String typed, Collection<String> names) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    if (wanted.isBlank()) {
      return Optional.empty();
    }
    Comparator<String> byDistance = Comparator.comparingInt(name -> distance(wanted, name));
    return names.stream()
        .filter(
            name ->
                distance(wanted, name) * 3 <= Math.max(wanted.length(), name.length())
                    || name.startsWith(wanted)
                    || wanted.startsWith(name))
        .min(byDistance.thenComparing(Comparator.naturalOrder()));
  }

  /// Levenshtein distance, row by row.
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
