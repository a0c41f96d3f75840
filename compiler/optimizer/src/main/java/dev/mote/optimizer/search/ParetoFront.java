package dev.mote.optimizer.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Trials of which none is better than another in every respect.
final class ParetoFront {

  /// Small before large, then good before bad; the rest makes the order total.
  private static final Comparator<Trial> ORDER =
      Comparator.<Trial>comparingLong(trial -> trial.cost().flashBytes())
          .thenComparing(Comparator.<Trial>comparingDouble(t -> t.quality().score()).reversed())
          .thenComparingLong(trial -> trial.cost().cycles())
          .thenComparingLong(trial -> trial.cost().ramBytes())
          .thenComparingInt(trial -> trial.recipe().complexity())
          .thenComparing(trial -> trial.recipe().label())
          .thenComparing(trial -> trial.cost().build().label());

  private ParetoFront() {}

  /// Those of `trials` that no other dominates, by size; of equals the simplest.
  static List<Trial> of(List<Trial> trials) {
    List<Trial> front = new ArrayList<>();
    for (Trial trial : trials.stream().sorted(ORDER).toList()) {
      boolean kept =
          front.stream().noneMatch(other -> other.dominates(trial) || equal(other, trial));
      if (kept && trials.stream().noneMatch(other -> other.dominates(trial))) {
        front.add(trial);
      }
    }
    return List.copyOf(front);
  }

  private static boolean equal(Trial one, Trial other) {
    return one.cost().sameAs(other.cost()) && one.quality().score() == other.quality().score();
  }

  /// The best of `trials`, front by front, until there are `count`.
  static List<Trial> best(List<Trial> trials, int count) {
    List<Trial> left = new ArrayList<>(trials);
    List<Trial> best = new ArrayList<>();
    while (best.size() < count && !left.isEmpty()) {
      List<Trial> front = spread(of(left), count - best.size());
      best.addAll(front);
      left.removeAll(front);
    }
    return best;
  }

  /// At most `count` of `front`, evenly from its whole length.
  private static List<Trial> spread(List<Trial> front, int count) {
    if (front.size() <= count) {
      return front;
    }
    if (count == 1) {
      return List.of(front.getLast());
    }
    List<Trial> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(front.get(i * (front.size() - 1) / (count - 1)));
    }
    return some;
  }
}
