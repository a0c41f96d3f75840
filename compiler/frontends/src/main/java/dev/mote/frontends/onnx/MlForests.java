package dev.mote.frontends.onnx;

import dev.mote.frontends.classical.Condition;
import dev.mote.frontends.classical.ForestBuilder;
import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.TreeEnsemble.Aggregate;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads ensembles of trees.
final class MlForests {

  private MlForests() {}

  static void register(Map<String, Reading> readings) {
    readings.put("TreeEnsembleClassifier", MlForests::classifier);
    readings.put(
        "TreeEnsembleRegressor",
        (node, draw) -> {
          MlTrees trees = MlTrees.ofNodes(node, "target");
          int targets = node.small("n_targets", 1);
          Aggregate how =
              switch (node.text("aggregate_function", "SUM")) {
                case "SUM" -> Aggregate.SUM;
                case "AVERAGE" -> Aggregate.MEAN;
                case "MIN" -> Aggregate.MIN;
                case "MAX" -> Aggregate.MAX;
                default -> throw node.attribute("its aggregate_function is unknown");
              };
          return List.of(
              regressor(node, draw, trees, targets, how, node.text("post_transform", "NONE")));
        });
    readings.put("TreeEnsemble", (node, draw) -> List.of(ensemble(node, draw)));
  }

  private static Wire ensemble(NodeView node, Blocks draw) {
    Aggregate how =
        switch ((int) Math.clamp(node.integer("aggregate_function", 1), -1, 4)) {
          case 0 -> Aggregate.MEAN;
          case 1 -> Aggregate.SUM;
          case 2 -> Aggregate.MIN;
          case 3 -> Aggregate.MAX;
          default -> throw node.attribute("its aggregate_function is unknown");
        };
    List<String> transforms = List.of("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT");
    long transform = node.integer("post_transform", 0);
    if (transform < 0 || transform >= transforms.size()) {
      throw node.attribute("its post_transform is %d".formatted(transform));
    }
    return regressor(
        node,
        draw,
        MlTrees.ofEnsemble(node),
        node.small("n_targets", 1),
        how,
        transforms.get((int) transform));
  }

  // ---- regression ------------------------------------------------------------------------------

  private static Wire regressor(
      NodeView node, Blocks draw, MlTrees trees, int targets, Aggregate how, String transform) {
    node.require(targets > 0, "it has %d targets".formatted(targets));
    trees.requireTargets(targets);
    double[] base = base(node, targets);
    Wire x = MlReaders.rows(node, draw);
    Wire scores =
        switch (how) {
          case SUM -> sum(draw, x, trees, targets, base);
          case MEAN -> dense(draw, x, trees, targets, how, base);
          case MIN, MAX -> extremes(node, draw, x, trees, targets, how, base);
        };
    return targets == 1 && !transform.equals("PROBIT") && !transform.equals("LOGISTIC")
        ? scores
        : MlScores.transform(node, draw, scores, transform);
  }

  private static double[] base(NodeView node, int columns) {
    double[] given = MlTrees.reals(node, "base_values");
    if (given.length != 0 && given.length != columns && given.length != 1) {
      throw node.attribute("it has %d base_values for %d".formatted(given.length, columns));
    }
    return given.length == columns || (given.length == 1 && columns == 1)
        ? given
        : new double[columns];
  }

  /// Trees of one target each have leaves of one number.
  private static Wire sum(Blocks draw, Wire x, MlTrees trees, int targets, double... base) {
    List<Integer> single = new ArrayList<>();
    for (MlTrees.Tree tree : trees.trees()) {
      Set<Integer> mentioned = trees.targets(tree);
      if (mentioned.size() > 1) {
        return dense(draw, x, trees, targets, Aggregate.SUM, base);
      }
      single.add(mentioned.isEmpty() ? 0 : mentioned.iterator().next());
    }
    ForestBuilder forest = new ForestBuilder(x.shape().last(), ElementType.FLOAT32, 1);
    for (int i = 0; i < single.size(); i++) {
      int target = single.get(i);
      add(forest, trees.trees().get(i), leaf -> new double[] {trees.weight(leaf, target)}, target);
    }
    return node(draw, x, forest, Aggregate.SUM, base);
  }

  /// Leaves have a number for each target.
  private static Wire dense(
      Blocks draw, Wire x, MlTrees trees, int targets, Aggregate how, double... base) {
    ForestBuilder forest = new ForestBuilder(x.shape().last(), ElementType.FLOAT32, targets);
    for (MlTrees.Tree tree : trees.trees()) {
      add(forest, tree, leaf -> trees.weights(leaf, targets), 0);
    }
    return node(draw, x, forest, how, base);
  }

  /// Each target apart: a tree that does not mention it says nothing about it.
  private static Wire extremes(
      NodeView node,
      Blocks draw,
      Wire x,
      MlTrees trees,
      int targets,
      Aggregate how,
      double... base) {
    List<Wire> columns = new ArrayList<>();
    for (int target = 0; target < targets; target++) {
      int column = target;
      ForestBuilder forest = new ForestBuilder(x.shape().last(), ElementType.FLOAT32, 1);
      for (MlTrees.Tree tree : trees.trees()) {
        if (!trees.targets(tree).contains(column)) {
          continue;
        }
        if (!tree.leaves().stream().allMatch(leaf -> trees.mentions(leaf, column))) {
          throw node.unsupported("%s of leaves that lack a target".formatted(how));
        }
        add(forest, tree, leaf -> new double[] {trees.weight(leaf, column)}, 0);
      }
      columns.add(node(draw, x, forest, forest.trees() == 0 ? Aggregate.SUM : how, base[column]));
    }
    return draw.concat(1, columns);
  }

  // ---- classification --------------------------------------------------------------------------

  private static List<Wire> classifier(NodeView node, Blocks draw) {
    MlScores classes = new MlScores(node, draw);
    MlTrees trees = MlTrees.ofNodes(node, "class");
    trees.requireTargets(classes.count());
    Wire x = MlReaders.rows(node, draw);
    String transform = node.text("post_transform", "NONE");
    Set<Integer> scored = trees.allTargets();
    if (classes.count() == 2 && scored.size() == 1) {
      return binary(node, draw, classes, trees, x, transform, scored.iterator().next());
    }
    if (classes.count() < 2) {
      throw node.unsupported("a single class");
    }
    Wire scores = sum(draw, x, trees, classes.count(), base(node, classes.count()));
    return List.of(
        classes.likeliest(scores),
        draw.classes(MlScores.transform(node, draw, scores, transform), classes.texts()));
  }

  /// Two classes of which one is scored: the sign, or one half where scores are shares, decides.
  private static List<Wire> binary(
      NodeView node,
      Blocks draw,
      MlScores classes,
      MlTrees trees,
      Wire x,
      String transform,
      int scored) {
    double[] given = MlTrees.reals(node, "base_values");
    if (given.length > 1 || (scored == 1 && given.length > 0)) {
      throw node.unsupported("base_values of both classes, of which one is scored,");
    }
    double[] base = given.length == 0 ? new double[1] : given;
    Wire score = sum(draw, x, trees.renumbered(0), 1, base);
    double limit = trees.positive() ? 0.5 : 0;
    Wire label = classes.second(score, limit);
    if (scored == 1) {
      Wire none = draw.subtract(score, score);
      Wire both = draw.concat(1, List.of(none, score));
      return List.of(
          label, draw.classes(MlScores.transform(node, draw, both, transform), classes.texts()));
    }
    MlScores.Pair pair = trees.positive() ? MlScores.Pair.COMPLEMENT : MlScores.Pair.OPPOSITE;
    return List.of(label, draw.classes(classes.pair(score, pair, transform), classes.texts()));
  }

  // ---- drawing ---------------------------------------------------------------------------------

  private interface Leaf {
    double[] values(int leaf);
  }

  private static void add(ForestBuilder forest, MlTrees.Tree tree, Leaf leaf, int target) {
    int first = 0;
    for (int i = 0; i < tree.leaves().size(); i++) {
      int number = forest.leaf(leaf.values(tree.leaves().get(i)));
      first = i == 0 ? number : first;
    }
    int offset = first;
    forest.add(
        new ForestBuilder.Tree(
            tree.conditions(),
            tree.yes().stream().map(to -> to < 0 ? to - offset : to).toList(),
            tree.no().stream().map(to -> to < 0 ? to - offset : to).toList(),
            tree.root() < 0 ? tree.root() - offset : tree.root(),
            target));
  }

  private static Wire node(
      Blocks draw, Wire x, ForestBuilder forest, Aggregate how, double... base) {
    List<Wire> operands = new ArrayList<>(List.of(x));
    for (Tensor tensor : forest.constants("trees", ElementType.FLOAT32)) {
      operands.add(new Wire(tensor.name(), tensor.type(), tensor.data()));
    }
    operands.add(draw.constant(ElementType.FLOAT32, Shape.of(base.length), base));
    return draw.drawing()
        .add(
            new Op.TreeEnsemble(how),
            TensorType.plain(ElementType.FLOAT32, Shape.of(x.shape().dim(0), base.length)),
            operands);
  }

  static Optional<Condition> condition(
      String mode, int feature, double value, boolean missingTrue, List<Double> members) {
    return Optional.ofNullable(
        switch (mode) {
          case "BRANCH_LEQ" -> new Condition.AtMost(feature, value, missingTrue);
          case "BRANCH_LT" -> new Condition.Below(feature, value, missingTrue);
          // What is not below, or not at most; the sides are exchanged.
          case "BRANCH_GTE" -> new Condition.Below(feature, value, !missingTrue);
          case "BRANCH_GT" -> new Condition.AtMost(feature, value, !missingTrue);
          case "BRANCH_EQ" -> new Condition.Equal(feature, value, missingTrue);
          // A missing value is not equal to any.
          case "BRANCH_NEQ" -> new Condition.Equal(feature, value, false);
          case "BRANCH_MEMBER" -> new Condition.OneOf(feature, members, missingTrue);
          default -> null;
        });
  }

  static boolean exchangesSides(String mode) {
    return mode.equals("BRANCH_GTE") || mode.equals("BRANCH_GT") || mode.equals("BRANCH_NEQ");
  }
}
