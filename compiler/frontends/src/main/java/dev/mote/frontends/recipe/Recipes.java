package dev.mote.frontends.recipe;

import dev.mote.frontends.classical.ClassicalProblem;
import dev.mote.ir.Graph;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Binary;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Networks for microcontrollers in the form in which their papers define them.
///
/// 1. Kumar, Goyal and Varma, "Resource-efficient machine learning in 2 KB RAM for the Internet of
///    Things" (2017): Bonsai.
/// 2. Gupta et al., "ProtoNN: compressed and accurate kNN for resource-scarce devices" (2017).
/// 3. Kusupati et al., "FastGRNN: a fast, accurate, stable and tiny kilobyte sized gated recurrent
///    neural network" (2018).
final class Recipes {

  private static final int MOST_STEPS = 256;
  private static final int MOST_DEPTH = 8;

  private final ParameterArchive parameters;

  Recipes(ParameterArchive parameters) {
    this.parameters = parameters;
  }

  /// @param given shape of the input if the user fixes it
  Graph graph(String name, Optional<Shape> given) {
    if (parameters.has("T") && parameters.has("V")) {
      return bonsai(name, given);
    }
    if (parameters.has("gamma")) {
      return prototypes(name, given);
    }
    if (parameters.has("zeta")) {
      return recurrent(name, given);
    }
    throw ClassicalProblem.UNSUPPORTED.at(
        "", "its arrays (%s) are of no network that is known".formatted(parameters.listing()));
  }

  private static RecipeSketch rows(int features, Optional<Shape> given) {
    Shape shape = Shape.of(1, features);
    if (given.isPresent() && !given.get().equals(shape)) {
      throw ClassicalProblem.FIELD.at(
          "", "the given shape [%s] is not its [%s]".formatted(given.get(), shape));
    }
    return new RecipeSketch("features", shape);
  }

  /// A projection of normalised features. Where the arrays `mean` and `std` lack its last feature,
  /// that is the constant 1.
  private String projected(RecipeSketch sketch, NumberArray rows, int features, double factor) {
    double[] mean = parameters.optional("mean", features).orElse(new double[features]);
    double[] deviation = parameters.optional("std", features).orElseGet(() -> filled(features, 1));
    double[] weights = new double[rows.rows() * features];
    double[] bias = new double[rows.rows()];
    for (int r = 0; r < rows.rows(); r++) {
      bias[r] = features < rows.columns() ? rows.at(r, features) * factor : 0;
      for (int c = 0; c < features; c++) {
        double weight = rows.at(r, c) * factor / (deviation[c] == 0 ? 1 : deviation[c]);
        weights[r * features + c] = weight;
        bias[r] -= weight * mean[c];
      }
    }
    return sketch.affine("projection", "features", weights, bias);
  }

  private static double[] filled(int count, double value) {
    double[] values = new double[count];
    Arrays.fill(values, value);
    return values;
  }

  private int features(int columns) {
    if (!parameters.has("mean")) {
      return columns;
    }
    int features = parameters.array("mean").values().size();
    if (features != columns && features != columns - 1) {
      throw ClassicalProblem.FIELD.at(
          "mean.npy", "it has %d numbers for %d features".formatted(features, columns));
    }
    return features;
  }

  // ---- Bonsai ----------------------------------------------------------------------------------

  /// A shallow tree: every node on the way scores `Wx · tanh(σ·Vx)`, the sign of `Tx` leads on.
  private Graph bonsai(String name, Optional<Shape> given) {
    NumberArray z = parameters.matrix("Z");
    NumberArray t = parameters.matrix("T");
    NumberArray w = parameters.matrix("W");
    NumberArray v = parameters.matrix("V");
    int inner = t.rows();
    int total = 2 * inner + 1;
    int depth = Integer.numberOfTrailingZeros(inner + 1);
    if (Integer.bitCount(inner + 1) != 1 || depth > MOST_DEPTH) {
      throw ClassicalProblem.TREE.at("T.npy", "%d nodes are no full tree".formatted(inner));
    }
    if (w.rows() % total != 0
        || !w.dims().equals(v.dims())
        || w.columns() != z.rows()
        || t.columns() != z.rows()) {
      throw ClassicalProblem.FIELD.at("", "the shapes of W, V, T and Z do not fit each other");
    }
    int classes = w.rows() / total;
    int features = features(z.columns());
    RecipeSketch sketch = rows(features, given);
    String x = projected(sketch, z, features, 1.0 / z.rows());
    String value = sketch.affine("values", x, w.numbers(), new double[w.rows()]);
    double sigma = parameters.has("sigma") ? parameters.number("sigma") : missing("sigma");
    double[] scaled = Arrays.stream(v.numbers()).map(number -> number * sigma).toArray();
    String gate =
        sketch.unary(
            "gate", Unary.Kind.TANH, sketch.affine("gates", x, scaled, new double[w.rows()]));
    String scores = sketch.binary("scores", Binary.Kind.MUL, value, gate);
    String side =
        sketch.unary(
            "side", Unary.Kind.SIGN, sketch.affine("sides", x, t.numbers(), new double[inner]));
    String share = shares(sketch, side, depth);
    String each =
        sketch.binary(
            "reached",
            Binary.Kind.MUL,
            sketch.reshape("by_node", scores, Shape.of(1, total, classes)),
            sketch.reshape("node_shares", share, Shape.of(1, total, 1)));
    return sketch.graph(
        name,
        sketch.add(
            "logits", new Op.Reduce(Op.Reduce.Kind.SUM, List.of(1)), Shape.of(1, classes), each));
  }

  /// For each node whether the way goes through it: 1 for the root, then level by level.
  private static String shares(RecipeSketch sketch, String side, int depth) {
    String half = sketch.constant("half", Shape.of(1, 1, 2), -0.5, 0.5);
    String middle = sketch.constant("middle", Shape.of(1, 1, 1), 0.5);
    String level = sketch.constant("root", Shape.of(1, 1), 1);
    List<String> all = new ArrayList<>(List.of(level));
    for (int l = 0; l < depth; l++) {
      int count = 1 << l;
      String signs = sketch.part("signs_" + l, side, 1, count - 1, count);
      String column = sketch.reshape("column_" + l, signs, Shape.of(1, count, 1));
      String both = sketch.binary("both_" + l, Binary.Kind.MUL, column, half);
      String chosen = sketch.binary("chosen_" + l, Binary.Kind.ADD, both, middle);
      String reached =
          l == 0
              ? chosen
              : sketch.binary(
                  "through_" + l,
                  Binary.Kind.MUL,
                  chosen,
                  sketch.reshape("parents_" + l, level, Shape.of(1, count, 1)));
      level = sketch.reshape("level_" + l, reached, Shape.of(1, 2 * count));
      all.add(level);
    }
    return sketch.concat("shares", 1, all);
  }

  private static double missing(String name) {
    throw ClassicalProblem.FIELD.at(
        "",
        "it has no '%1$s.npy': np.save(\"%1$s.npy\", …), since hyperParam.npy is a program"
            .formatted(name));
  }

  // ---- ProtoNN ---------------------------------------------------------------------------------

  /// Prototypes in a projected space: `Σ z_j · exp(-γ²·|Wx - b_j|²)`.
  private Graph prototypes(String name, Optional<Shape> given) {
    NumberArray w = parameters.matrix("W");
    NumberArray b = parameters.matrix("B");
    NumberArray z = parameters.matrix("Z");
    if (w.columns() != b.rows() || z.columns() != b.columns()) {
      throw ClassicalProblem.FIELD.at("", "the shapes of W, B and Z do not fit each other");
    }
    int features = features(w.rows());
    RecipeSketch sketch = rows(features, given);
    String x = projected(sketch, transposed(w), features, 1);
    double gamma = parameters.number("gamma");
    String vectors =
        sketch.constant("prototypes", Shape.of(b.columns(), b.rows()), transposed(b).numbers());
    String near =
        sketch.add(
            "near",
            new Op.KernelMatrix(Op.KernelMatrix.Kind.RBF, (float) (gamma * gamma), 0, 1),
            Shape.of(1, b.columns()),
            x,
            vectors);
    return sketch.graph(name, sketch.affine("logits", near, z.numbers(), new double[z.rows()]));
  }

  private static NumberArray transposed(NumberArray matrix) {
    List<Double> values = new ArrayList<>();
    for (int c = 0; c < matrix.columns(); c++) {
      for (int r = 0; r < matrix.rows(); r++) {
        values.add(matrix.at(r, c));
      }
    }
    return new NumberArray(List.of(matrix.columns(), matrix.rows()), values);
  }

  // ---- FastGRNN --------------------------------------------------------------------------------

  /// A gated cell, unrolled over the steps of a sequence: `h' = z·h + (ζ(1 - z) + ν)·c`.
  private Graph recurrent(String name, Optional<Shape> given) {
    List<NumberArray> w = parameters.factors("W");
    List<NumberArray> u = parameters.factors("U");
    int inputs = w.getFirst().rows();
    int units = w.getLast().columns();
    NumberArray fc = parameters.matrix("FC");
    boolean fits =
        u.getFirst().rows() == units
            && u.getLast().columns() == units
            && w.getFirst().columns() == (w.size() == 2 ? w.getLast().rows() : units)
            && u.getFirst().columns() == (u.size() == 2 ? u.getLast().rows() : units)
            && fc.rows() == units;
    if (!fits) {
      throw ClassicalProblem.FIELD.at("", "the shapes of W, U and FC do not fit each other");
    }
    Shape shape =
        given.orElseThrow(
            () ->
                ClassicalProblem.FIELD.at(
                    "",
                    "it does not say how long a sequence is: --shape sequence=1xSTEPSx" + inputs));
    if (shape.rank() != 3
        || shape.dim(0) != 1
        || shape.last() != inputs
        || shape.dim(1) < 1
        || shape.dim(1) > MOST_STEPS) {
      throw ClassicalProblem.FIELD.at(
          "", "the given shape [%s] is not [1xSTEPSx%d]".formatted(shape, inputs));
    }
    int steps = shape.dim(1);
    RecipeSketch sketch = new RecipeSketch("sequence", shape);
    String x = sketch.reshape("rows", "sequence", Shape.of(steps, inputs));
    List<String> wide = chain(sketch, "w", w);
    List<String> back = chain(sketch, "u", u);
    x = through(sketch, "x", x, wide);
    double zeta = sigmoid(parameters.number("zeta"));
    double nu = sigmoid(parameters.number("nu"));
    sketch.constant("zeta", Shape.of(1, 1), -zeta);
    sketch.constant("both", Shape.of(1, 1), zeta + nu);
    sketch.constant("gate_bias", Shape.of(1, units), parameters.vector("Bg", units));
    sketch.constant("update_bias", Shape.of(1, units), parameters.vector("Bh", units));
    Optional<String> state = Optional.empty();
    for (int step = 0; step < steps; step++) {
      state = Optional.of(cell(sketch, "_" + step, x, step, state, back));
    }
    return sketch.graph(
        name,
        sketch.affine(
            "logits",
            state.orElseThrow(),
            transposed(fc).numbers(),
            parameters.vector("FCbias", fc.columns())));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /// Weights `[outputs, inputs]` of layers one after the other.
  private static List<String> chain(RecipeSketch sketch, String name, List<NumberArray> factors) {
    List<String> weights = new ArrayList<>();
    for (NumberArray factor : factors) {
      String constant = name + "/weights_" + weights.size();
      weights.add(
          sketch.constant(
              constant, Shape.of(factor.columns(), factor.rows()), transposed(factor).numbers()));
      sketch.constant(constant + "/bias", Shape.of(factor.columns()), new double[factor.columns()]);
    }
    return weights;
  }

  private static String through(RecipeSketch sketch, String name, String x, List<String> weights) {
    String result = x;
    for (String factor : weights) {
      result =
          sketch.connected(
              name + "_by_" + factor.replace('/', '_'), result, factor, factor + "/bias");
    }
    return result;
  }

  /// The state after a step; there is none before the first.
  private static String cell(
      RecipeSketch sketch,
      String mark,
      String inputs,
      int step,
      Optional<String> state,
      List<String> back) {
    String sum = sketch.part("x" + mark, inputs, 0, step, 1);
    if (state.isPresent()) {
      String own = through(sketch, "h" + mark, state.get(), back);
      sum = sketch.binary("sum" + mark, Binary.Kind.ADD, sum, own);
    }
    String gate =
        sketch.unary(
            "gate" + mark,
            Unary.Kind.LOGISTIC,
            sketch.binary("gate_sum" + mark, Binary.Kind.ADD, sum, "gate_bias"));
    String update =
        sketch.unary(
            "update" + mark,
            Unary.Kind.TANH,
            sketch.binary("update_sum" + mark, Binary.Kind.ADD, sum, "update_bias"));
    String factor =
        sketch.binary(
            "factor" + mark,
            Binary.Kind.ADD,
            sketch.binary("closed" + mark, Binary.Kind.MUL, gate, "zeta"),
            "both");
    String fresh = sketch.binary("fresh" + mark, Binary.Kind.MUL, factor, update);
    return state
        .map(
            old ->
                sketch.binary(
                    "state" + mark,
                    Binary.Kind.ADD,
                    sketch.binary("kept" + mark, Binary.Kind.MUL, gate, old),
                    fresh))
        .orElse(fresh);
  }
}
