package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/// What a result can be at most before it is limited to its range, in real numbers.
///
/// An output scale that is far too small for it would make the kernels' fixed-point factors
/// overflow: a rectifier whose inputs are all very negative has a tiny output range, say.
final class OutputBound {

  /// Sums have 32 bits after they are scaled to the output's steps; one is for what rounds.
  private static final double STEPS = 0x1p30;

  private OutputBound() {}

  /// The smallest scale of the output of `node` that its results fit in 32 bits with.
  ///
  /// @param magnitudes the largest absolute value of each operand
  static double leastScale(Graph graph, Node node, ToDoubleFunction<String> magnitudes) {
    double bound = bound(graph, node, magnitudes);
    // what is not finite is refused where its values are taken
    return Double.isFinite(bound) ? bound / STEPS : 0;
  }

  private static double bound(Graph graph, Node node, ToDoubleFunction<String> magnitudes) {
    return switch (node.op()) {
      case Op.Conv2d _, Op.TransposeConv2d _ -> layer(graph, node, magnitudes, 0);
      case Op.DepthwiseConv2d _ -> layer(graph, node, magnitudes, 3);
      case Op.FullyConnected _ -> layer(graph, node, magnitudes, 0);
      case Op.BatchMatMul op -> {
        int depth = graph.input(node, 0).shape().dim(op.adjointX() ? -2 : -1);
        yield depth * product(node, magnitudes);
      }
      case Op.Binary op ->
          switch (op.kind()) {
            case MUL -> product(node, magnitudes);
            case SQUARED_DIFFERENCE -> {
              double sum = sum(node, magnitudes);
              yield sum * sum;
            }
            case ADD, SUB -> sum(node, magnitudes);
            case DIV, FLOOR_DIV, FLOOR_MOD, MINIMUM, MAXIMUM, POWER -> 0;
          };
      case Op.Reduce op when op.kind() == Op.Reduce.Kind.SUM -> {
        int count = graph.input(node, 0).shape().count();
        yield count * sum(node, magnitudes);
      }
      case Op.CumulativeSum _ -> graph.input(node, 0).shape().count() * sum(node, magnitudes);
      case Op.Unary _, Op.LeakyRelu _, Op.Prelu _, Op.Reduce _ -> sum(node, magnitudes);
      default -> 0;
    };
  }

  private static double sum(Node node, ToDoubleFunction<String> magnitudes) {
    return node.inputs().stream().mapToDouble(magnitudes).sum();
  }

  private static double product(Node node, ToDoubleFunction<String> magnitudes) {
    return node.inputs().stream().mapToDouble(magnitudes).reduce(1, (a, b) -> a * b);
  }

  private static double layer(
      Graph graph, Node node, ToDoubleFunction<String> magnitudes, int axis) {
    Tensor weights = graph.input(node, 1);
    double x = magnitudes.applyAsDouble(node.input(0));
    if (!weights.isConstant()) {
      return weights.shape().last() * x * magnitudes.applyAsDouble(weights.name());
    }
    int channels = weights.shape().dim(axis);
    int inner = weights.shape().count(axis + 1, weights.shape().rank());
    float[] values = weights.constantFloats();
    double[] bounds = new double[channels];
    for (int i = 0; i < values.length; i++) {
      bounds[i / inner % channels] += Math.abs(values[i]) * x;
    }
    if (node.inputs().size() > 2) {
      float[] bias = graph.input(node, 2).constantFloats();
      for (int channel = 0; channel < channels; channel++) {
        bounds[channel] += Math.abs(bias[channel]);
      }
    }
    return Arrays.stream(bounds).max().orElse(0);
  }
}
