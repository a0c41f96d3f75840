package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Reads support vector machines.
final class MlVectorMachines {

  private static final int MOST_CLASSES = 256;

  private final NodeView node;
  private final Blocks draw;
  private final Wire x;
  private final double[] coefficients;
  private final double[] rho;
  private final String transform;

  private MlVectorMachines(NodeView node, Blocks draw) {
    this.node = node;
    this.draw = draw;
    this.x = MlReaders.rows(node, draw);
    this.coefficients = MlReaders.floats(node, "coefficients");
    this.rho = MlReaders.floats(node, "rho");
    this.transform = node.text("post_transform", "NONE");
    node.require(rho.length > 0 && coefficients.length > 0, "it has no coefficients or no rho");
  }

  static void register(Map<String, Reading> readings) {
    readings.put(
        "SVMRegressor", (node, draw) -> List.of(new MlVectorMachines(node, draw).regressor()));
    readings.put("SVMClassifier", (node, draw) -> new MlVectorMachines(node, draw).classifier());
  }

  private Wire regressor() {
    int supports = Math.toIntExact(Math.clamp(node.integer("n_supports", 0), 0, 1 << 22));
    Wire sum;
    if (supports > 0) {
      node.require(
          coefficients.length == supports, "it has %d coefficients".formatted(coefficients.length));
      sum = MlReaders.affine(node, draw, kernels(supports), coefficients, rho[0]);
    } else {
      sum = MlReaders.affine(node, draw, x, coefficients, rho[0]);
    }
    if (node.flag("one_class", false)) {
      Wire inside = draw.compare(Compare.Kind.GREATER, sum, draw.real(0));
      return draw.select(inside, draw.real(1), draw.real(-1));
    }
    return transform.equals("PROBIT") ? MlScores.transform(node, draw, sum, transform) : sum;
  }

  /// How near x is to each support vector: `[N,S]`.
  private Wire kernels(int supports) {
    double[] vectors = MlReaders.floats(node, "support_vectors");
    int features = x.shape().last();
    node.require(
        vectors.length == (long) supports * features && features > 0,
        "%d numbers are not %d support vectors of %d features"
            .formatted(vectors.length, supports, features));
    return draw.drawing()
        .add(
            kernel(),
            TensorType.plain(ElementType.FLOAT32, Shape.of(x.shape().dim(0), supports)),
            List.of(x, draw.constant(ElementType.FLOAT32, Shape.of(supports, features), vectors)));
  }

  private Op.KernelMatrix kernel() {
    double[] given = MlReaders.floats(node, "kernel_params");
    double[] parameters = Arrays.copyOf(given, 3);
    float gamma = (float) parameters[0];
    float offset = (float) parameters[1];
    if (!Double.isFinite(parameters[0]) || !Double.isFinite(parameters[1])) {
      throw node.attribute("its kernel_params are not finite");
    }
    return switch (node.text("kernel_type", "LINEAR")) {
      case "LINEAR" -> new Op.KernelMatrix(Op.KernelMatrix.Kind.LINEAR, 1, 0, 1);
      case "POLY" -> {
        if (parameters[2] != Math.rint(parameters[2]) || parameters[2] < 0 || parameters[2] > 64) {
          throw node.unsupported("a polynomial of degree " + parameters[2]);
        }
        yield new Op.KernelMatrix(
            Op.KernelMatrix.Kind.POLYNOMIAL, gamma, offset, (int) parameters[2]);
      }
      case "RBF" -> new Op.KernelMatrix(Op.KernelMatrix.Kind.RBF, gamma, 0, 1);
      case "SIGMOID" -> new Op.KernelMatrix(Op.KernelMatrix.Kind.SIGMOID, gamma, offset, 1);
      default -> throw node.attribute("its kernel_type is unknown");
    };
  }

  // ---- classification --------------------------------------------------------------------------

  private List<Wire> classifier() {
    MlScores classes = new MlScores(node, draw);
    int count = classes.count();
    if (count < 2 || count > MOST_CLASSES) {
      throw node.unsupported("%d classes".formatted(count));
    }
    long[] perClass = node.longs("vectors_per_class").orElse(new long[0]);
    if (LongStream.of(perClass).sum() == 0) {
      return linear(classes);
    }
    node.require(
        perClass.length == count && LongStream.of(perClass).allMatch(n -> n >= 0 && n < 1 << 22),
        "its vectors_per_class do not fit its classes");
    Wire decisions = decisions(count, perClass);
    Wire votes = votes(decisions, count);
    Wire label = classes.likeliest(votes);
    double[] a = MlReaders.floats(node, "prob_a");
    double[] b = MlReaders.floats(node, "prob_b");
    node.require(a.length == b.length, "its prob_a and prob_b differ in length");
    if (a.length > 0) {
      int pairs = count * (count - 1) / 2;
      node.require(a.length == pairs, "it has %d prob_a for %d pairs".formatted(a.length, pairs));
      Wire shares = new MlCoupling(node, draw, count).shares(decisions, a, b);
      Wire scores = MlScores.transform(node, draw, shares, transform);
      return List.of(label, draw.classes(scores, classes.texts()));
    }
    if (count == 2) {
      MlScores.Pair pair =
          transform.equals("NONE") ? MlScores.Pair.OPPOSITE : MlScores.Pair.COMPLEMENT;
      return List.of(
          label, draw.classes(classes.pair(decisions, pair, transform), classes.texts()));
    }
    return List.of(label, MlScores.transform(node, draw, decisions, transform));
  }

  /// Without support vectors: coefficients for each class.
  private List<Wire> linear(MlScores classes) {
    double[] bias = new double[classes.count()];
    Arrays.fill(bias, rho[0]);
    Wire scores = MlReaders.affine(node, draw, x, coefficients, bias);
    if (classes.count() == 2) {
      boolean positive = Arrays.stream(coefficients).allMatch(value -> value >= 0);
      throw node.unsupported(
          "a linear machine of two classes%s".formatted(positive ? " with positive weights" : ""));
    }
    Wire label = classes.likeliest(scores);
    return List.of(
        label, draw.classes(MlScores.transform(node, draw, scores, transform), classes.texts()));
  }

  /// One decision for each pair of classes: positive for the first.
  private Wire decisions(int count, long... perClass) {
    int supports = Math.toIntExact(LongStream.of(perClass).sum());
    int pairs = count * (count - 1) / 2;
    node.require(
        coefficients.length == (count - 1L) * supports && rho.length == pairs,
        "its coefficients or rho do not fit its classes and support vectors");
    int[] start = new int[count + 1];
    for (int i = 0; i < count; i++) {
      start[i + 1] = start[i] + (int) perClass[i];
    }
    long elements = (long) pairs * supports;
    if (elements > OnnxLimits.TENSOR_BYTES / Float.BYTES) {
      throw node.unsupported("%d pairs of classes".formatted(pairs));
    }
    double[] weights = new double[(int) elements];
    int pair = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++, pair++) {
        for (int s = start[i]; s < start[i + 1]; s++) {
          weights[pair * supports + s] = coefficients[(j - 1) * supports + s];
        }
        for (int s = start[j]; s < start[j + 1]; s++) {
          weights[pair * supports + s] = coefficients[i * supports + s];
        }
      }
    }
    return MlReaders.affine(node, draw, kernels(supports), weights, rho);
  }

  private Wire votes(Wire decisions, int count) {
    int pairs = count * (count - 1) / 2;
    double[] weights = new double[count * pairs];
    double[] bias = new double[count];
    int pair = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++, pair++) {
        weights[i * pairs + pair] = 1;
        weights[j * pairs + pair] = -1;
        bias[j]++;
      }
    }
    Wire won =
        draw.cast(draw.compare(Compare.Kind.GREATER, decisions, draw.real(0)), ElementType.FLOAT32);
    return MlReaders.affine(node, draw, won, weights, bias);
  }
}
