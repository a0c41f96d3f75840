package dev.mote.frontends.onnx;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Op.Logical;
import dev.mote.ir.Op.Reduce;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Probabilities of classes from those of their pairs.
///
/// Wu, Lin and Weng, "Probability estimates for multi-class classification by pairwise coupling"
/// (2004), second approach: coordinates of p minimise pᵀQp one after the other until the error is
/// below 0.005/k. libsvm stops there, so its answers depend on the number of rounds. Here all
/// rounds are drawn, and those after the one at which libsvm stops change nothing. Over random
/// pairs it stops after at most as many rounds as there are classes, and never after more than
/// four.
final class MlCoupling {

  private static final int MOST_ROUNDS = 5;
  private static final int MOST_CLASSES = 16;
  private static final double LEAST = 1e-7;

  private final Blocks draw;
  private final int classes;

  /// The rows of Q; each behind the unit vector of its place; and one over its diagonal element.
  private final List<Wire> rows = new ArrayList<>();

  private final List<Wire> steps = new ArrayList<>();
  private final List<Wire> inverses = new ArrayList<>();

  MlCoupling(NodeView node, Blocks draw, int classes) {
    if (classes > MOST_CLASSES) {
      throw node.unsupported("probabilities of %d classes by pairs".formatted(classes));
    }
    this.draw = draw;
    this.classes = classes;
  }

  /// Probabilities `[N,K]` from `decisions` `[N,K(K-1)/2]` by Platt's `1/(1 + e^(a·d + b))`.
  Wire shares(Wire decisions, double[] a, double... b) {
    Wire scaled = draw.add(draw.multiply(decisions, vector(a, -1)), vector(b, -1));
    Wire first =
        draw.minimum(
            draw.maximum(draw.unary(Unary.Kind.LOGISTIC, scaled), draw.real(LEAST)),
            draw.real(1 - LEAST));
    Wire second = draw.subtract(draw.real(1), first);
    Wire zero = draw.multiply(draw.part(first, 1, 0, 1), draw.real(0));
    for (int t = 0; t < classes; t++) {
      // What is said against class t, and what is said for it, pair by pair.
      List<Wire> against = new ArrayList<>();
      List<Wire> own = new ArrayList<>();
      for (int j = 0; j < classes; j++) {
        against.add(j == t ? zero : share(first, second, j, t));
        own.add(j == t ? zero : share(first, second, t, j));
      }
      Wire other = draw.concat(1, against);
      Wire diagonal = sum(draw.multiply(other, other));
      Wire product = draw.unary(Unary.Kind.NEG, draw.multiply(other, draw.concat(1, own)));
      Wire row = draw.add(product, draw.multiply(diagonal, unit(t)));
      rows.add(row);
      steps.add(draw.concat(1, List.of(draw.broadcastTo(unit(t), row.shape()), row)));
      inverses.add(draw.divide(draw.real(1), diagonal));
    }
    double[] equal = new double[zero.shape().dim(0) * classes];
    java.util.Arrays.fill(equal, 1.0 / classes);
    Wire p = draw.constant(ElementType.FLOAT32, rows.getFirst().shape(), equal);
    Wire running = draw.compare(Compare.Kind.EQUAL, zero, zero);
    for (int round = 0; round < Math.min(classes + 1, MOST_ROUNDS); round++) {
      Wire qp = product(p);
      Wire pqp = sum(draw.multiply(p, qp));
      Wire error =
          draw.reduce(
              Reduce.Kind.MAX,
              draw.unary(Unary.Kind.ABS, draw.subtract(qp, pqp)),
              List.of(1),
              true);
      Wire wrong = draw.compare(Compare.Kind.GREATER_EQUAL, error, draw.real(0.005f / classes));
      running = draw.logical(Logical.Kind.AND, running, wrong);
      p = draw.select(running, round(draw.concat(1, List.of(p, qp)), pqp), p);
    }
    return p;
  }

  /// Each coordinate of p once.
  ///
  /// @param start p, and Qp behind it
  /// @param startPqp pᵀQp
  private Wire round(Wire start, Wire startPqp) {
    Wire state = start;
    Wire pqp = startPqp;
    for (int t = 0; t < classes; t++) {
      Wire qpt = draw.part(state, 1, classes + t, classes + t + 1);
      Wire diff = draw.multiply(draw.subtract(pqp, qpt), inverses.get(t));
      Wire scale = draw.divide(draw.real(1), draw.add(diff, draw.real(1)));
      state = draw.multiply(draw.add(state, draw.multiply(steps.get(t), diff)), scale);
      if (t + 1 < classes) {
        // diff is (pQp - Qp_t) / Q_tt.
        Wire grown = draw.add(pqp, draw.multiply(diff, draw.add(pqp, qpt)));
        pqp = draw.multiply(draw.multiply(grown, scale), scale);
      }
    }
    return draw.part(state, 1, 0, classes);
  }

  /// Q·p, a column for each row of Q.
  private Wire product(Wire p) {
    return draw.concat(1, rows.stream().map(row -> sum(draw.multiply(row, p))).toList());
  }

  private Wire sum(Wire x) {
    return draw.reduce(Reduce.Kind.SUM, x, List.of(1), true);
  }

  /// How likely class `i` is where only `i` and `j` are possible.
  private Wire share(Wire first, Wire second, int i, int j) {
    int low = Math.min(i, j);
    int high = Math.max(i, j);
    int pair = low * classes - low * (low + 1) / 2 + high - low - 1;
    return draw.part(i < j ? first : second, 1, pair, pair + 1);
  }

  private Wire unit(int place) {
    double[] values = new double[classes];
    values[place] = 1;
    return draw.constant(ElementType.FLOAT32, Shape.of(1, classes), values);
  }

  private Wire vector(double[] values, double factor) {
    double[] scaled = java.util.Arrays.stream(values).map(value -> value * factor).toArray();
    return draw.constant(ElementType.FLOAT32, Shape.of(1, values.length), scaled);
  }
}
