package dev.mote.testkit.onnx;

import static dev.mote.testkit.onnx.OnnxSketch.ints;
import static dev.mote.testkit.onnx.OnnxSketch.reals;
import static dev.mote.testkit.onnx.OnnxSketch.tensor;
import static dev.mote.testkit.onnx.OnnxSketch.texts;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Trees at random, as attributes of ONNX's operators.
final class RandomTrees {

  private static final List<String> MODES =
      List.of("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ");
  private static final int TREES = 4;
  private static final int DEPTH = 3;

  /// A node: a question, or a leaf where `mode` is below 0.
  private record Node(
      int tree, int id, int feature, int mode, float value, boolean missing, int yes, int no) {}

  private record Weight(int tree, int id, int target, float value) {}

  private final Random random;
  private final int features;
  private final int targets;
  private final boolean all;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Weight> weights = new ArrayList<>();
  private boolean positive;

  /// @param all whether each leaf weighs for each target; else each tree is for one
  RandomTrees(Random random, int features, int targets, boolean all) {
    this.random = random;
    this.features = features;
    this.targets = targets;
    this.all = all;
    for (int tree = 0; tree < TREES; tree++) {
      grow(tree, new int[1], DEPTH);
    }
  }

  /// Makes weights shares if asked.
  void positive(boolean wanted) {
    positive = wanted;
  }

  private int grow(int tree, int[] next, int depth) {
    int id = next[0]++;
    int place = nodes.size();
    if (depth == 0 || random.nextInt(6) == 0 && depth < DEPTH) {
      nodes.add(new Node(tree, id, 0, -1, 0, false, 0, 0));
      for (int target = 0; target < targets; target++) {
        if (all || target == tree % targets) {
          weights.add(new Weight(tree, id, target, (float) random.nextGaussian()));
        }
      }
      return id;
    }
    nodes.add(new Node(tree, id, 0, -1, 0, false, 0, 0));
    int yes = grow(tree, next, depth - 1);
    int no = grow(tree, next, depth - 1);
    nodes.set(
        place,
        new Node(
            tree,
            id,
            random.nextInt(features),
            random.nextInt(MODES.size()),
            Math.round(random.nextGaussian() * 4) / 4f,
            random.nextBoolean(),
            yes,
            no));
    return id;
  }

  private float weight(Weight weight) {
    return positive ? Math.abs(weight.value()) / (2 * TREES) : weight.value();
  }

  private static long[] longs(List<? extends Number> values) {
    return values.stream().mapToLong(Number::longValue).toArray();
  }

  private static float[] floats(List<Float> values) {
    float[] result = new float[values.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.get(i);
    }
    return result;
  }

  /// Attributes of TreeEnsembleRegressor (`target`) or TreeEnsembleClassifier (`class`).
  List<AttributeProto> nodes(String weighed) {
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(ints("nodes_treeids", longs(nodes.stream().map(Node::tree).toList())));
    attributes.add(ints("nodes_nodeids", longs(nodes.stream().map(Node::id).toList())));
    attributes.add(ints("nodes_featureids", longs(nodes.stream().map(Node::feature).toList())));
    attributes.add(
        texts(
            "nodes_modes",
            nodes.stream()
                .map(node -> node.mode() < 0 ? "LEAF" : MODES.get(node.mode()))
                .toArray(String[]::new)));
    attributes.add(reals("nodes_values", floats(nodes.stream().map(Node::value).toList())));
    attributes.add(ints("nodes_truenodeids", longs(nodes.stream().map(Node::yes).toList())));
    attributes.add(ints("nodes_falsenodeids", longs(nodes.stream().map(Node::no).toList())));
    attributes.add(
        ints(
            "nodes_missing_value_tracks_true",
            longs(nodes.stream().map(node -> node.missing() ? 1 : 0).toList())));
    attributes.add(ints(weighed + "_treeids", longs(weights.stream().map(Weight::tree).toList())));
    attributes.add(ints(weighed + "_nodeids", longs(weights.stream().map(Weight::id).toList())));
    attributes.add(ints(weighed + "_ids", longs(weights.stream().map(Weight::target).toList())));
    attributes.add(
        reals(weighed + "_weights", floats(weights.stream().map(this::weight).toList())));
    return attributes;
  }

  /// Attributes of TreeEnsemble.
  List<AttributeProto> ensemble(Random sets) {
    List<Node> inner = nodes.stream().filter(node -> node.mode() >= 0).toList();
    List<Node> leaves = nodes.stream().filter(node -> node.mode() < 0).toList();
    List<Integer> modes = new ArrayList<>();
    List<Float> members = new ArrayList<>();
    for (Node node : inner) {
      boolean member = sets.nextInt(4) == 0;
      modes.add(member ? MODES.size() : node.mode());
      if (member) {
        members.addAll(List.of((float) sets.nextInt(4), 1f, -1f, Float.NaN));
      }
    }
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(ints("nodes_featureids", longs(inner.stream().map(Node::feature).toList())));
    attributes.add(
        tensor(
            "nodes_modes",
            OnnxSketch.integers(
                TensorProto.DataType.UINT8,
                List.of((long) modes.size()),
                modes.stream().mapToInt(mode -> mode).toArray())));
    attributes.add(
        tensor(
            "nodes_splits", OnnxSketch.floats(floats(inner.stream().map(Node::value).toList()))));
    attributes.add(
        ints(
            "nodes_missing_value_tracks_true",
            longs(inner.stream().map(node -> node.missing() ? 1 : 0).toList())));
    if (!members.isEmpty()) {
      attributes.add(tensor("membership_values", OnnxSketch.floats(floats(members))));
    }
    for (boolean side : new boolean[] {true, false}) {
      List<Integer> ids = new ArrayList<>();
      List<Integer> leaf = new ArrayList<>();
      for (Node node : inner) {
        int wanted = side ? node.yes() : node.no();
        Node to =
            nodes.stream()
                .filter(n -> n.tree() == node.tree() && n.id() == wanted)
                .findFirst()
                .orElseThrow();
        leaf.add(to.mode() < 0 ? 1 : 0);
        ids.add(to.mode() < 0 ? leaves.indexOf(to) : inner.indexOf(to));
      }
      attributes.add(ints("nodes_%snodeids".formatted(side), longs(ids)));
      attributes.add(ints("nodes_%sleafs".formatted(side), longs(leaf)));
    }
    attributes.add(
        ints(
            "tree_roots",
            longs(inner.stream().filter(node -> node.id() == 0).map(inner::indexOf).toList())));
    List<Integer> ids = new ArrayList<>();
    List<Float> values = new ArrayList<>();
    for (Node node : leaves) {
      Weight weight =
          weights.stream()
              .filter(w -> w.tree() == node.tree() && w.id() == node.id())
              .findFirst()
              .orElseThrow();
      ids.add(weight.target());
      values.add(weight.value());
    }
    attributes.add(ints("leaf_targetids", longs(ids)));
    attributes.add(tensor("leaf_weights", OnnxSketch.floats(floats(values))));
    return attributes;
  }
}
