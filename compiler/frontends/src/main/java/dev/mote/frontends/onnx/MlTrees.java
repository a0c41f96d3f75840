package dev.mote.frontends.onnx;

import dev.mote.frontends.classical.Condition;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The trees of a node of the file, and what their leaves weigh.
final class MlTrees {

  /// One tree.
  ///
  /// @param yes where each node leads: a node, or the tree's leaf `-1 - value`
  /// @param no the same
  /// @param root the same
  /// @param leaves the tree's leaves by their number among all
  record Tree(
      List<Condition> conditions,
      List<Integer> yes,
      List<Integer> no,
      int root,
      List<Integer> leaves) {}

  private static final List<String> MODES =
      List.of(
          "BRANCH_LEQ",
          "BRANCH_LT",
          "BRANCH_GTE",
          "BRANCH_GT",
          "BRANCH_EQ",
          "BRANCH_NEQ",
          "BRANCH_MEMBER");

  private final List<Tree> trees;
  private final List<Map<Integer, Double>> weights;

  private MlTrees(List<Tree> trees, List<Map<Integer, Double>> weights) {
    this.trees = List.copyOf(trees);
    this.weights = weights;
  }

  // ---- what the leaves weigh -------------------------------------------------------------------

  List<Tree> trees() {
    return trees;
  }

  boolean mentions(int leaf, int target) {
    return weights.get(leaf).containsKey(target);
  }

  double weight(int leaf, int target) {
    return weights.get(leaf).getOrDefault(target, 0.0);
  }

  double[] weights(int leaf, int targets) {
    double[] values = new double[targets];
    weights.get(leaf).forEach((target, value) -> values[target] = value);
    return values;
  }

  Set<Integer> targets(Tree tree) {
    return tree.leaves().stream()
        .flatMap(leaf -> weights.get(leaf).keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  Set<Integer> allTargets() {
    return weights.stream()
        .flatMap(leaf -> leaf.keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Whether no leaf has a weight below zero.
  boolean positive() {
    return weights.stream().flatMap(leaf -> leaf.values().stream()).allMatch(value -> value >= 0);
  }

  /// All weights as those of `target`.
  MlTrees renumbered(int target) {
    List<Map<Integer, Double>> same = new ArrayList<>();
    for (Map<Integer, Double> leaf : weights) {
      same.add(
          leaf.isEmpty()
              ? Map.of()
              : Map.of(target, leaf.values().stream().mapToDouble(value -> value).sum()));
    }
    return new MlTrees(trees, same);
  }

  void requireTargets(int count) {
    for (int target : allTargets()) {
      if (target < 0 || target >= count) {
        throw new IllegalArgumentException(
            "a leaf weighs for target %d of %d".formatted(target, count));
      }
    }
  }

  // ---- reading ---------------------------------------------------------------------------------

  /// Nodes and leaves before they are sorted into trees; links are those of [Tree].
  private static final class Nodes {
    final NodeView node;
    final List<String> modes;
    final long[] features;
    final double[] values;
    final long[] missing;
    final int[] yes;
    final int[] no;
    final Map<Integer, List<Double>> members = new HashMap<>();
    final boolean[] seen;

    Nodes(NodeView node, List<String> modes, long[] features, double[] values, long[] missing) {
      this.node = node;
      this.modes = modes;
      this.features = features;
      this.values = values;
      this.missing = missing;
      int count = modes.size();
      this.yes = new int[count];
      this.no = new int[count];
      this.seen = new boolean[count];
      node.require(
          features.length == count
              && values.length == count
              && (missing.length == 0 || missing.length == count),
          "its lists of nodes differ in length");
    }

    Tree tree(int root) {
      List<Condition> conditions = new ArrayList<>();
      List<Integer> left = new ArrayList<>();
      List<Integer> right = new ArrayList<>();
      List<Integer> leaves = new ArrayList<>();
      Map<Integer, Integer> leafPlaces = new HashMap<>();
      List<Integer> order = new ArrayList<>();
      Map<Integer, Integer> places = new HashMap<>();
      Deque<Integer> pending = new ArrayDeque<>(List.of(root));
      while (!pending.isEmpty()) {
        int at = pending.pop();
        if (at < 0) {
          if (leafPlaces.putIfAbsent(at, -1 - leaves.size()) == null) {
            leaves.add(-1 - at);
          }
          continue;
        }
        if (seen[at]) {
          throw node.attribute("two ways lead to node #%d".formatted(at));
        }
        seen[at] = true;
        places.put(at, order.size());
        order.add(at);
        pending.push(no[at]);
        pending.push(yes[at]);
      }
      for (int at : order) {
        conditions.add(condition(at));
        left.add(place(yes[at], places, leafPlaces));
        right.add(place(no[at], places, leafPlaces));
      }
      return new Tree(conditions, left, right, place(root, places, leafPlaces), leaves);
    }

    private static int place(
        int link, Map<Integer, Integer> places, Map<Integer, Integer> leafPlaces) {
      return Optional.ofNullable(link < 0 ? leafPlaces.get(link) : places.get(link)).orElseThrow();
    }

    private Condition condition(int at) {
      boolean missingTrue = missing.length > 0 && missing[at] != 0;
      return MlForests.condition(
              modes.get(at),
              Math.toIntExact(features[at]),
              values[at],
              missingTrue,
              members.getOrDefault(at, List.of()))
          .orElseThrow(
              () ->
                  node.attribute(
                      "a node's mode is '%s'".formatted(OnnxNames.printable(modes.get(at)))));
    }

    void link(int at, int whenTrue, int whenFalse) {
      boolean exchanged = MlForests.exchangesSides(modes.get(at));
      yes[at] = exchanged ? whenFalse : whenTrue;
      no[at] = exchanged ? whenTrue : whenFalse;
    }
  }

  private record Place(long tree, long node) {}

  /// The trees of TreeEnsembleClassifier (`weighed` is `class`) or TreeEnsembleRegressor
  /// (`target`).
  static MlTrees ofNodes(NodeView node, String weighed) {
    long[] treeIds = longs(node, "nodes_treeids");
    long[] nodeIds = longs(node, "nodes_nodeids");
    long[] whenTrue = longs(node, "nodes_truenodeids");
    long[] whenFalse = longs(node, "nodes_falsenodeids");
    int count = treeIds.length;
    double[] values = reals(node, "nodes_values");
    Nodes nodes =
        new Nodes(
            node,
            node.texts("nodes_modes"),
            longs(node, "nodes_featureids"),
            values.length == 0 ? new double[count] : values,
            longs(node, "nodes_missing_value_tracks_true"));
    node.require(
        nodes.modes.size() == count
            && nodeIds.length == count
            && whenTrue.length == count
            && whenFalse.length == count,
        "its lists of nodes differ in length");
    Map<Place, Integer> numbers = new HashMap<>();
    List<Map<Integer, Double>> weights = new ArrayList<>();
    int[] link = new int[count];
    for (int i = 0; i < count; i++) {
      if (numbers.put(new Place(treeIds[i], nodeIds[i]), i) != null) {
        throw node.attribute("tree %d has two nodes %d".formatted(treeIds[i], nodeIds[i]));
      }
      boolean leaf = nodes.modes.get(i).equals("LEAF");
      link[i] = leaf ? -1 - weights.size() : i;
      if (leaf) {
        weights.add(new TreeMap<>());
      }
    }
    boolean[] reached = new boolean[count];
    for (int i = 0; i < count; i++) {
      if (link[i] >= 0) {
        int yes = number(node, numbers, new Place(treeIds[i], whenTrue[i]));
        int no = number(node, numbers, new Place(treeIds[i], whenFalse[i]));
        reached[yes] = true;
        reached[no] = true;
        nodes.link(i, link[yes], link[no]);
      }
    }
    weigh(node, weighed, numbers, link, weights);
    Map<Long, Tree> trees = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      if (!reached[i] && trees.put(treeIds[i], nodes.tree(link[i])) != null) {
        throw node.attribute("tree %d has two roots".formatted(treeIds[i]));
      }
    }
    for (long id : treeIds) {
      if (!trees.containsKey(id)) {
        throw node.attribute("tree %d has no root: its nodes make a cycle".formatted(id));
      }
    }
    return new MlTrees(List.copyOf(trees.values()), weights);
  }

  private static int number(NodeView node, Map<Place, Integer> numbers, Place place) {
    Integer number = numbers.get(place);
    if (number == null) {
      throw node.attribute("tree %d has no node %d".formatted(place.tree(), place.node()));
    }
    return number;
  }

  private static void weigh(
      NodeView node,
      String weighed,
      Map<Place, Integer> numbers,
      int[] link,
      List<Map<Integer, Double>> weights) {
    long[] treeIds = longs(node, weighed + "_treeids");
    long[] nodeIds = longs(node, weighed + "_nodeids");
    long[] targets = longs(node, weighed + "_ids");
    double[] values = reals(node, weighed + "_weights");
    node.require(
        nodeIds.length == treeIds.length
            && targets.length == treeIds.length
            && values.length == treeIds.length,
        "its lists of weights differ in length");
    for (int i = 0; i < treeIds.length; i++) {
      int leaf = link[number(node, numbers, new Place(treeIds[i], nodeIds[i]))];
      if (leaf < 0) {
        weights.get(-1 - leaf).merge(Math.toIntExact(targets[i]), values[i], Double::sum);
      }
    }
  }

  /// The trees of TreeEnsemble.
  static MlTrees ofEnsemble(NodeView node) {
    List<String> modes = new ArrayList<>();
    for (double mode : reals(node, "nodes_modes")) {
      if (!(mode >= 0 && mode < MODES.size())) {
        throw node.attribute("a node's mode is " + mode);
      }
      modes.add(MODES.get((int) mode));
    }
    Nodes nodes =
        new Nodes(
            node,
            modes,
            longs(node, "nodes_featureids"),
            reals(node, "nodes_splits"),
            longs(node, "nodes_missing_value_tracks_true"));
    members(node, nodes);
    long[] targets = longs(node, "leaf_targetids");
    double[] values = reals(node, "leaf_weights");
    node.require(targets.length == values.length, "its lists of leaves differ in length");
    List<Map<Integer, Double>> weights = new ArrayList<>();
    for (int i = 0; i < targets.length; i++) {
      weights.add(Map.of(Math.toIntExact(targets[i]), values[i]));
    }
    int[] whenTrue = links(node, "true", modes.size(), targets.length);
    int[] whenFalse = links(node, "false", modes.size(), targets.length);
    for (int i = 0; i < modes.size(); i++) {
      nodes.link(i, whenTrue[i], whenFalse[i]);
    }
    List<Tree> trees = new ArrayList<>();
    for (long root : longs(node, "tree_roots")) {
      if (root < 0 || root >= modes.size()) {
        throw node.attribute("there is no node %d, which is a root".formatted(root));
      }
      trees.add(nodes.tree((int) root));
    }
    return new MlTrees(trees, weights);
  }

  private static int[] links(NodeView node, String side, int nodes, int leaves) {
    long[] ids = longs(node, "nodes_%snodeids".formatted(side));
    long[] leaf = longs(node, "nodes_%sleafs".formatted(side));
    node.require(
        ids.length == nodes && leaf.length == nodes, "its lists of nodes differ in length");
    int[] links = new int[nodes];
    for (int i = 0; i < nodes; i++) {
      if (ids[i] < 0 || ids[i] >= (leaf[i] != 0 ? leaves : nodes)) {
        throw node.attribute("node #%d leads to %d".formatted(i, ids[i]));
      }
      links[i] = (int) (leaf[i] != 0 ? -1 - ids[i] : ids[i]);
    }
    return links;
  }

  /// The sets of nodes that ask for membership, in the order of these nodes; NaN ends a set.
  private static void members(NodeView node, Nodes nodes) {
    double[] values = reals(node, "membership_values");
    int next = 0;
    for (int i = 0; i < nodes.modes.size(); i++) {
      if (nodes.modes.get(i).equals("BRANCH_MEMBER")) {
        int end = next;
        while (end < values.length && !Double.isNaN(values[end])) {
          end++;
        }
        node.require(next < values.length, "it has too few sets of members");
        nodes.members.put(
            i, Arrays.stream(values, next, end).boxed().collect(Collectors.toUnmodifiableList()));
        next = end + 1;
      }
    }
  }

  private static long[] longs(NodeView node, String name) {
    return node.longs(name).orElse(new long[0]);
  }

  /// A list of numbers that is an attribute of floats, or a tensor called so or `NAME_as_tensor`.
  static double[] reals(NodeView node, String name) {
    for (String attribute : List.of(name, name + "_as_tensor")) {
      Optional<TensorProto> tensor = node.tensor(attribute);
      if (tensor.isPresent()) {
        return TensorData.reals(tensor.get(), node.where() + ", attribute " + attribute);
      }
    }
    return MlReaders.floats(node, name);
  }
}
