package dev.mote.frontends.classical;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Reads the JSON that `examples/scikit-learn/export.py` writes: a list of steps, each of which
/// takes the result of the one before. `docs/reference/classical-json.md` describes it.
public final class ScikitReader extends TextModelReader {

  private static final int MOST_STEPS = 256;

  public ScikitReader() {
    super("mote-classical");
  }

  @Override
  boolean begins(String beginning, String fileName) {
    return beginning.stripLeading().startsWith("{") && beginning.contains("\"mote-classical\"");
  }

  @Override
  ModelSketch sketch(String text, ElementType input) {
    Fields file = Fields.of("", JsonText.parse(text));
    if (!file.text("format").equals("mote-classical") || file.integer("version") != 1) {
      throw ClassicalProblem.UNSUPPORTED.at("", "its format is not mote-classical, version 1");
    }
    Fields border = file.object("input");
    ElementType type =
        switch (border.text("type")) {
          case "float32" -> input;
          case "int16" -> input == ElementType.INT8 ? input : ElementType.INT16;
          case "int8" -> ElementType.INT8;
          default ->
              throw ClassicalProblem.UNSUPPORTED.at(
                  "input", "its type is not float32, int16 or int8");
        };
    ModelSketch sketch = new ModelSketch(border.integer("features"), type);
    List<?> steps = file.list("steps");
    if (steps.isEmpty() || steps.size() > MOST_STEPS) {
      throw ClassicalProblem.TOO_LARGE.at("", "it has %d steps".formatted(steps.size()));
    }
    for (int i = 0; i < steps.size(); i++) {
      Fields step = Fields.of("step " + i, steps.get(i));
      try {
        step(sketch, step);
      } catch (ClassicalRefusal refusal) {
        String where = refusal.where();
        throw where.startsWith("step ")
            ? refusal
            : refusal
                .problem()
                .at(step.where() + (where.isEmpty() ? "" : ", " + where), refusal.what());
      }
    }
    return sketch;
  }

  private static void step(ModelSketch sketch, Fields step) {
    switch (step.text("kind")) {
      case "trees" -> trees(sketch, step);
      case "affine" -> sketch.affine(step.matrix("weights"), step.numbers("bias"));
      case "subtract" -> sketch.binary(Op.Binary.Kind.SUB, step.numbers("values"));
      case "multiply" -> sketch.binary(Op.Binary.Kind.MUL, step.numbers("values"));
      case "add" -> sketch.binary(Op.Binary.Kind.ADD, step.numbers("values"));
      case "kernel" -> kernel(sketch, step);
      case "nearest" ->
          sketch.nearest(
              new Op.NearestVote(
                  step.integer("neighbours"),
                  constant(Op.NearestVote.Weighting.class, step.text("weighting"))),
              step.matrix("values"));
      case "function" -> function(sketch, step.text("function"));
      case "sums" -> sketch.groupSums(step.integer("groups"));
      case "pairs" -> sketch.pairVotes(step.integer("classes"));
      case "argmax" -> sketch.arg(true);
      case "argmin" -> sketch.arg(false);
      default ->
          throw ClassicalProblem.UNSUPPORTED.at(
              "", "there is no kind of step '" + step.text("kind") + "'");
    }
  }

  private static void function(ModelSketch sketch, String function) {
    switch (function) {
      case "softmax" -> sketch.softmax();
      case "positive" -> sketch.positive();
      case "logistic" -> sketch.unary(Op.Unary.Kind.LOGISTIC);
      case "exp" -> sketch.unary(Op.Unary.Kind.EXP);
      case "square" -> sketch.unary(Op.Unary.Kind.SQUARE);
      case "sqrt" -> sketch.unary(Op.Unary.Kind.SQRT);
      case "tanh" -> sketch.unary(Op.Unary.Kind.TANH);
      case "relu" -> sketch.unary(Op.Unary.Kind.RELU);
      default ->
          throw ClassicalProblem.UNSUPPORTED.at("", "there is no function '" + function + "'");
    }
  }

  private static void kernel(ModelSketch sketch, Fields step) {
    Op.KernelMatrix op =
        new Op.KernelMatrix(
            constant(Op.KernelMatrix.Kind.class, step.text("function")),
            (float) step.number("gamma", 1),
            (float) step.number("offset", 0),
            step.integer("degree", 1));
    if (op.degree() < 0
        || op.degree() > 64
        || !Float.isFinite(op.gamma())
        || !Float.isFinite(op.offset())) {
      throw ClassicalProblem.NUMBER.at("", "its degree, gamma or offset is out of range");
    }
    double[] vectors = step.matrix("vectors");
    double[] weights = step.has("weights") ? step.matrix("weights") : new double[0];
    if (weights.length > 0
        && (weights.length != vectors.length
            || op.kind() != Op.KernelMatrix.Kind.SQUARED_DISTANCE)) {
      throw ClassicalProblem.FIELD.at("", "its weights do not fit its vectors");
    }
    sketch.kernel(op, vectors, weights);
  }

  private static void trees(ModelSketch sketch, Fields step) {
    int width = step.integer("width");
    ForestBuilder forest = new ForestBuilder(sketch.columns(), sketch.element(), width);
    List<?> trees = step.list("trees");
    for (int t = 0; t < trees.size(); t++) {
      Fields tree = Fields.of("tree " + t, trees.get(t));
      forest.add(tree(forest, tree, width));
    }
    ElementType leaf =
        switch (step.text("leaves", "float32")) {
          case "float32" -> ElementType.FLOAT32;
          case "int16" -> ElementType.INT16;
          case "int8" -> ElementType.INT8;
          default ->
              throw ClassicalProblem.UNSUPPORTED.at(
                  "", "its leaves are not float32, int16 or int8");
        };
    Op.TreeEnsemble.Aggregate how =
        constant(Op.TreeEnsemble.Aggregate.class, step.text("aggregate"));
    double[] base = step.numbers("base");
    if (how != Op.TreeEnsemble.Aggregate.SUM
        && (leaf != ElementType.FLOAT32 || width != base.length || forest.trees() == 0)) {
      throw ClassicalProblem.FIELD.at("", "only sums take integers, no trees, or targets");
    }
    sketch.trees(forest, how, leaf, base);
  }

  private static ForestBuilder.Tree tree(ForestBuilder forest, Fields tree, int width) {
    double[] values = tree.matrix("leaf");
    if (values.length % width != 0) {
      throw ClassicalProblem.FIELD.at(
          tree.where(), "its leaves do not have %d values".formatted(width));
    }
    int first = 0;
    for (int leaf = 0; leaf < values.length / width; leaf++) {
      int number = forest.leaf(Arrays.copyOfRange(values, leaf * width, (leaf + 1) * width));
      first = leaf == 0 ? number : first;
    }
    int leaves = values.length / width;
    int[] feature = tree.integers("feature");
    double[] threshold = tree.numbers("threshold");
    if (threshold.length != feature.length) {
      throw ClassicalProblem.FIELD.at(tree.where(), "it has other thresholds than features");
    }
    List<Condition> conditions = new ArrayList<>();
    for (int i = 0; i < feature.length; i++) {
      conditions.add(new Condition.AtMost(feature[i], threshold[i], false));
    }
    return new ForestBuilder.Tree(
        conditions,
        links(tree, tree.integers("left"), first, leaves),
        links(tree, tree.integers("right"), first, leaves),
        links(tree, new int[] {tree.integer("root")}, first, leaves).getFirst(),
        tree.integer("target", 0));
  }

  /// Leaves are numbered within the tree in the file, over all trees in the builder.
  private static List<Integer> links(Fields tree, int[] places, int first, int leaves) {
    List<Integer> links = new ArrayList<>();
    for (int place : places) {
      if (-1L - place >= leaves) {
        throw ClassicalProblem.TREE.at(tree.where(), "it has no leaf %d".formatted(-1 - place));
      }
      links.add(place < 0 ? place - first : place);
    }
    return links;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
        return constant;
      }
    }
    throw ClassicalProblem.UNSUPPORTED.at("", "there is no '" + name + "'");
  }
}
