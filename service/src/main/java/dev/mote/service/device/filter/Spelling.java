package dev.mote.service.device.filter;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Guesses which name a mistyped one meant.
final class Spelling {

  private static final int LONGEST = 30;

  private Spelling() {}

  /// The nearest of `names`, if at most a third of the letters differ.
  static Optional<String> closest(String typed, Collection<String> names) {
    if (typed.length() > LONGEST) {
      return Optional.empty();
    }
    Comparator<String> byDistance = Comparator.comparingInt(name -> distance(typed, name));
    return names.stream()
        .filter(name -> distance(typed, name) * 3 <= Math.max(typed.length(), name.length()))
        .min(byDistance.thenComparing(Comparator.naturalOrder()));
  }

  /// Letters to insert, drop or change, whatever their case.
  private static int distance(String typed, String name) {
    String a = typed.toLowerCase(Locale.ROOT);
    String b = name.toLowerCase(Locale.ROOT);
    int[] costs = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      costs[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = costs[0];
      costs[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = costs[j];
        costs[j] = Math.min(change, 1 + Math.min(costs[j], costs[j - 1]));
      }
    }
    return costs[b.length()];
  }
}
