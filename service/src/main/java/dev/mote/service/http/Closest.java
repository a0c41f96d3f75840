package dev.mote.service.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// The name that was probably meant.
public final class Closest {

  private Closest() {}

  /// The name closest to what was written, if one is close enough to be a slip.
  public static Optional<String> to(String written, Collection<String> names) {
    int most = written.length() < 4 ? 1 : Math.clamp(written.length() / 3, 2, 4);
    String folded = written.toLowerCase(Locale.ROOT);
    return names.stream()
        .sorted()
        .min(Comparator.comparingInt(name -> distance(folded, name.toLowerCase(Locale.ROOT))))
        .filter(name -> distance(folded, name.toLowerCase(Locale.ROOT)) <= most);
  }

  /// Ends a sentence on an unknown name: `; did you mean 'name'?`, or nothing.
  public static String hint(String written, Collection<String> names) {
    return to(written, names).map(name -> "; did you mean '" + name + "'?").orElse("");
  }

  /// Levenshtein's distance, row by row. Long names are hostile, and far from everything.
  private static int distance(String a, String b) {
    if (a.length() > 100 || b.length() > 100) {
      return Integer.MAX_VALUE;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
