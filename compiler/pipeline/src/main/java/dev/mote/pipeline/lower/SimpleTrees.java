package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The trees of an ensemble with everything left out that changes no result: equal leaves are one
/// leaf, equal subtrees one subtree, and a node whose sides are the same is none.
///
/// @param nodes in an order in which every node leads to later ones
/// @param roots for each tree its first node, or `-1 - leaf`
/// @param targets for each tree the first column that it counts for
/// @param leafRows the distinct leaves
/// @param width values of a leaf
public record SimpleTrees(
    List<Split> nodes,
    List<Integer> roots,
    List<Integer> targets,
    List<List<Double>> leafRows,
    int width) {

  /// A node: left where the feature is at most the threshold.
  ///
  /// @param missingLeft whether NaN goes left
  /// @param left a later node, or `-1 - leaf`
  public record Split(int feature, double threshold, boolean missingLeft, int left, int right) {}

  public SimpleTrees {
    nodes = List.copyOf(nodes);
    roots = List.copyOf(roots);
    targets = List.copyOf(targets);
    leafRows = List.copyOf(leafRows);
  }

  /// The trees of `step`, which is a verified tree ensemble.
  static SimpleTrees of(Step step) {
    Map<List<Double>, Integer> rows = new HashMap<>();
    List<List<Double>> leafRows = new ArrayList<>();
    int[] leaf = distinct(step.input(8), rows, leafRows);
    double[] thresholds = values(step.input(2));
    long[] features = step.input(1).constantIntegers();
    long[] left = step.input(3).constantIntegers();
    long[] right = step.input(4).constantIntegers();
    long[] missing = step.input(5).constantIntegers();
    boolean real = step.inputType(0).element() == ElementType.FLOAT32;
    List<Split> backwards = new ArrayList<>();
    Map<Split, Integer> known = new HashMap<>();
    // Where each node of the model went: -1 - leaf, or the number of a kept node counted from the
    // end.
    int[] kept = new int[features.length];
    for (int i = features.length - 1; i >= 0; i--) {
      int yes = left[i] < 0 ? -1 - leaf[(int) (-1 - left[i])] : kept[(int) left[i]];
      int no = right[i] < 0 ? -1 - leaf[(int) (-1 - right[i])] : kept[(int) right[i]];
      // Adding 0 makes of -0 what it is equal to.
      Split split =
          new Split((int) features[i], thresholds[i] + 0.0, real && missing[i] != 0, yes, no);
      kept[i] = yes;
      if (yes != no) {
        kept[i] =
            known.computeIfAbsent(
                split,
                s -> {
                  backwards.add(s);
                  return backwards.size() - 1;
                });
      }
    }
    long[] roots = step.input(6).constantIntegers();
    List<Integer> starts = new ArrayList<>();
    for (long root : roots) {
      starts.add(root < 0 ? -1 - leaf[(int) (-1 - root)] : kept[(int) root]);
    }
    return reversed(
        backwards,
        starts,
        Arrays.stream(step.input(7).constantIntegers()).mapToObj(t -> (int) t).toList(),
        leafRows,
        step.inputType(8).shape().last());
  }

  /// Nodes when no two ways lead to one; as many as a `long` holds where they are more.
  public long expandedNodes() {
    long[] below = new long[nodes.size()];
    for (int i = below.length - 1; i >= 0; i--) {
      Split node = nodes.get(i);
      below[i] = Math.min(Integer.MAX_VALUE, 1 + at(below, node.left()) + at(below, node.right()));
    }
    return roots.stream().mapToLong(root -> at(below, root)).sum();
  }

  /// The leaves that tree `tree` can lead to, by their rows.
  Set<Integer> leaves(int tree) {
    Set<Integer> reached = new TreeSet<>();
    Deque<Integer> pending = new ArrayDeque<>(List.of(roots.get(tree)));
    Set<Integer> seen = new HashSet<>();
    while (!pending.isEmpty()) {
      int at = pending.pop();
      if (at < 0) {
        reached.add(-1 - at);
      } else if (seen.add(at)) {
        pending.push(nodes.get(at).left());
        pending.push(nodes.get(at).right());
      }
    }
    return reached;
  }

  /// Nodes on the longest way to a leaf.
  public int depth() {
    long[] below = new long[nodes.size()];
    for (int i = below.length - 1; i >= 0; i--) {
      Split node = nodes.get(i);
      below[i] = 1 + Math.max(at(below, node.left()), at(below, node.right()));
    }
    return (int) roots.stream().mapToLong(root -> at(below, root)).max().orElse(0);
  }

  /// Nodes on the way to a leaf, over all trees, when either side is as likely.
  public double expectedSteps() {
    double[] below = new double[nodes.size()];
    for (int i = below.length - 1; i >= 0; i--) {
      Split node = nodes.get(i);
      below[i] =
          1
              + (node.left() < 0 ? 0 : below[node.left()]) / 2
              + (node.right() < 0 ? 0 : below[node.right()]) / 2;
    }
    return roots.stream().mapToDouble(root -> root < 0 ? 0 : below[root]).sum();
  }

  private static long at(long[] values, int place) {
    return place < 0 ? 0 : values[place];
  }

  private static SimpleTrees reversed(
      List<Split> backwards,
      List<Integer> starts,
      List<Integer> targets,
      List<List<Double>> rows,
      int width) {
    int last = backwards.size() - 1;
    List<Split> nodes = new ArrayList<>();
    for (Split s : backwards) {
      nodes.add(
          new Split(
              s.feature(),
              s.threshold(),
              s.missingLeft(),
              s.left() < 0 ? s.left() : last - s.left(),
              s.right() < 0 ? s.right() : last - s.right()));
    }
    Collections.reverse(nodes);
    return new SimpleTrees(
        nodes, starts.stream().map(s -> s < 0 ? s : last - s).toList(), targets, rows, width);
  }

  private static int[] distinct(
      Tensor leaves, Map<List<Double>, Integer> rows, List<List<Double>> leafRows) {
    double[] values = values(leaves);
    int width = leaves.shape().last();
    int[] number = new int[leaves.shape().dim(0)];
    for (int i = 0; i < number.length; i++) {
      List<Double> row = new ArrayList<>();
      for (int w = 0; w < width; w++) {
        row.add(values[i * width + w]);
      }
      number[i] =
          rows.computeIfAbsent(
              row,
              r -> {
                leafRows.add(r);
                return leafRows.size() - 1;
              });
    }
    return number;
  }

  private static double[] values(Tensor tensor) {
    if (tensor.element() == ElementType.FLOAT32) {
      float[] floats = tensor.constantFloats();
      double[] values = new double[floats.length];
      Arrays.setAll(values, i -> floats[i]);
      return values;
    }
    return Arrays.stream(tensor.constantIntegers()).asDoubleStream().toArray();
  }
}
