package dev.mote.optimizer.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Which samples of a set are taken, as indices in ascending order.
final class Choice {

  private Choice() {}

  static List<Integer> first(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /// Class by class in turn, shuffled within a class, until there are `count`.
  static List<Integer> even(int size, List<Integer> labels, int count, long seed) {
    Map<Integer, List<Integer>> classes = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      classes.computeIfAbsent(labels.isEmpty() ? 0 : labels.get(i), _ -> new ArrayList<>()).add(i);
    }
    Random random = new Random(seed);
    classes.values().forEach(members -> Collections.shuffle(members, random));
    List<Integer> chosen = new ArrayList<>();
    for (int turn = 0; chosen.size() < Math.min(count, size); turn++) {
      for (List<Integer> members : classes.values()) {
        if (turn < members.size() && chosen.size() < count) {
          chosen.add(members.get(turn));
        }
      }
    }
    Collections.sort(chosen);
    return List.copyOf(chosen);
  }
}
