package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/// Writes classical models: trees in the domain `ai.onnx.ml`, the others with the usual operators.
final class OnnxClassical {

  private OnnxClassical() {}

  // ---- trees -----------------------------------------------------------------------------------

  static void trees(OnnxNode node, Op.TreeEnsemble op) {
    boolean real =
        node.input(0).element() == ElementType.FLOAT32
            && node.input(8).element() == ElementType.FLOAT32;
    if (!real) {
      throw node.unfit("ONNX has trees on floats only", "write the model before it is quantized.");
    }
    Trees trees = new Trees(node);
    int count = node.inputShape(6).count();
    for (int tree = 0; tree < count; tree++) {
      trees.add(tree);
    }
    String aggregate =
        switch (op.aggregate()) {
          case SUM -> "SUM";
          case MEAN -> "AVERAGE";
          case MIN -> "MIN";
          case MAX -> "MAX";
        };
    node.result(
        node.file()
            .addClassical(
                node.node().name(),
                "TreeEnsembleRegressor",
                List.of(node.real(0)),
                trees.attributes(aggregate)));
  }

  /// The trees as the lists that the operator wants: a line for each node, a line for each number
  /// in a leaf.
  private static final class Trees {

    private final long[] features;
    private final float[] thresholds;
    private final long[] left;
    private final long[] right;
    private final long[] missingLeft;
    private final long[] roots;
    private final long[] firstTargets;
    private final float[] leaves;
    private final float[] base;
    private final int width;

    private final List<Integer> treeNumbers = new ArrayList<>();
    private final List<Integer> nodeNumbers = new ArrayList<>();
    private final List<Integer> nodeFeatures = new ArrayList<>();
    private final List<Float> values = new ArrayList<>();
    private final List<String> modes = new ArrayList<>();
    private final List<Integer> whenTrue = new ArrayList<>();
    private final List<Integer> whenFalse = new ArrayList<>();
    private final List<Integer> missing = new ArrayList<>();
    private final List<Integer> targetTrees = new ArrayList<>();
    private final List<Integer> targetNodes = new ArrayList<>();
    private final List<Integer> targets = new ArrayList<>();
    private final List<Float> weights = new ArrayList<>();

    Trees(OnnxNode node) {
      features = node.input(1).constantIntegers();
      thresholds = node.input(2).constantFloats();
      left = node.input(3).constantIntegers();
      right = node.input(4).constantIntegers();
      missingLeft = node.input(5).constantIntegers();
      roots = node.input(6).constantIntegers();
      firstTargets = node.input(7).constantIntegers();
      leaves = node.input(8).constantFloats();
      base = node.input(9).constantFloats();
      width = node.inputShape(8).dim(1);
    }

    /// Numbers the nodes of a tree as they are met; a leaf that several lead to is written for
    /// each.
    void add(int tree) {
      Deque<long[]> open = new ArrayDeque<>();
      int next = 1;
      open.add(new long[] {roots[tree], 0});
      while (!open.isEmpty()) {
        long[] entry = open.remove();
        int at = (int) entry[0];
        int number = (int) entry[1];
        treeNumbers.add(tree);
        nodeNumbers.add(number);
        if (at < 0) {
          leaf(tree, number, -1 - at);
        } else {
          nodeFeatures.add((int) features[at]);
          values.add(thresholds[at]);
          modes.add("BRANCH_LEQ");
          missing.add((int) missingLeft[at]);
          whenTrue.add(next);
          open.add(new long[] {left[at], next++});
          whenFalse.add(next);
          open.add(new long[] {right[at], next++});
        }
      }
    }

    private void leaf(int tree, int number, int leaf) {
      nodeFeatures.add(0);
      values.add(0f);
      modes.add("LEAF");
      missing.add(0);
      whenTrue.add(0);
      whenFalse.add(0);
      for (int i = 0; i < width; i++) {
        targetTrees.add(tree);
        targetNodes.add(number);
        targets.add((int) firstTargets[tree] + i);
        weights.add(leaves[leaf * width + i]);
      }
    }

    List<AttributeProto> attributes(String aggregate) {
      List<Float> offsets = new ArrayList<>();
      for (float value : base) {
        offsets.add(value);
      }
      return List.of(
          Attributes.text("aggregate_function", aggregate),
          Attributes.text("post_transform", "NONE"),
          Attributes.integer("n_targets", base.length),
          Attributes.reals("base_values", offsets),
          Attributes.integers("nodes_treeids", treeNumbers),
          Attributes.integers("nodes_nodeids", nodeNumbers),
          Attributes.integers("nodes_featureids", nodeFeatures),
          Attributes.reals("nodes_values", values),
          Attributes.texts("nodes_modes", modes),
          Attributes.integers("nodes_truenodeids", whenTrue),
          Attributes.integers("nodes_falsenodeids", whenFalse),
          Attributes.integers("nodes_missing_value_tracks_true", missing),
          Attributes.integers("target_treeids", targetTrees),
          Attributes.integers("target_nodeids", targetNodes),
          Attributes.integers("target_ids", targets),
          Attributes.reals("target_weights", weights));
    }
  }

  // ---- kernels and neighbours ------------------------------------------------------------------

  static void kernel(OnnxNode node, Op.KernelMatrix op) {
    node.result(
        switch (op.kind()) {
          case LINEAR -> product(node, op);
          case POLYNOMIAL -> node.add("Pow", List.of(product(node, op), node.scalar(op.degree())));
          case SIGMOID -> node.add("Tanh", List.of(product(node, op)));
          case RBF -> {
            String distance = distances(node, false);
            yield node.add(
                "Exp", List.of(node.add("Mul", List.of(distance, node.scalar(-op.gamma())))));
          }
          case SQUARED_DISTANCE -> distances(node, false);
          case MANHATTAN -> distances(node, true);
        });
  }

  private static String product(OnnxNode node, Op.KernelMatrix op) {
    return node.add(
        "Gemm",
        List.of(node.real(0), node.real(1), node.scalar(op.offset())),
        Attributes.real("alpha", op.gamma()),
        Attributes.integer("transB", 1));
  }

  /// Sums over features of the differences between rows of x, as `[N,1,F]`, and vectors `[S,F]`.
  private static String distances(OnnxNode node, boolean absolute) {
    Shape x = node.inputShape(0);
    String rows = node.reshape(node.real(0), Shape.of(x.dim(0), 1, x.dim(1)));
    String difference = node.add("Sub", List.of(rows, node.real(1)));
    String parts =
        absolute
            ? node.add("Abs", List.of(difference))
            : node.add("Mul", List.of(difference, difference));
    if (node.inputCount() > 2) {
      parts = node.add("Mul", List.of(parts, node.real(2)));
    }
    return node.add(
        "ReduceSum", List.of(parts, node.vector(List.of(2))), Attributes.flag("keepdims", false));
  }

  static void nearest(OnnxNode node, Op.NearestVote op) {
    if (op.weighting() != Op.NearestVote.Weighting.UNIFORM) {
      throw node.missing(
          "ONNX has no vote that neighbours weigh by distance", "train with weights='uniform'.");
    }
    List<String> found =
        node.file()
            .add(
                node.node().name(),
                "TopK",
                List.of(node.real(0), node.vector(List.of(op.neighbours()))),
                2,
                Attributes.integer("largest", 0),
                Attributes.integer("axis", 1));
    String values = node.add("Gather", List.of(node.real(1), found.getLast()));
    boolean operand = node.file().operatorSet() >= 18;
    List<Integer> axes = Collections.singletonList(1);
    node.result(
        operand
            ? node.add(
                "ReduceMean",
                List.of(values, node.vector(axes)),
                Attributes.flag("keepdims", false))
            : node.add(
                "ReduceMean",
                List.of(values),
                Attributes.integers("axes", axes),
                Attributes.flag("keepdims", false)));
  }
}
