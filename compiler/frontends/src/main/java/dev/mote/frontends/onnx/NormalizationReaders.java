package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Reduce;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Reads normalisations.
final class NormalizationReaders {

  private NormalizationReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("Softmax", (node, draw) -> along(node, draw, new Op.Softmax(1)));
    readings.put("LogSoftmax", (node, draw) -> along(node, draw, new Op.LogSoftmax()));
    readings.put("BatchNormalization", NormalizationReaders::batch);
    readings.put("InstanceNormalization", NormalizationReaders::instance);
    readings.put("LayerNormalization", NormalizationReaders::layer);
    readings.put("MeanVarianceNormalization", NormalizationReaders::meanVariance);
    readings.put("LpNormalization", NormalizationReaders::byNorm);
    readings.put("LRN", NormalizationReaders::localResponse);
  }

  /// x seen so that a normalised axis is the last, and the way back.
  ///
  /// @param rows x with the axis last, or, in old operator sets, everything from the axis on merged
  /// @param shape the shape of x
  /// @param axis the axis
  record AlongLast(Wire rows, Shape shape, int axis, boolean merged) {

    static AlongLast of(NodeView node, Blocks draw, Wire x, boolean merges) {
      int axis = node.axis(node.integer("axis", merges ? 1 : -1), x.rank());
      if (merges) {
        Shape rows = Shape.of(x.shape().count(0, axis), x.shape().count(axis, x.rank()));
        return new AlongLast(draw.reshape(x, rows), x.shape(), axis, true);
      }
      return new AlongLast(draw.moveAxis(x, axis, x.rank() - 1), x.shape(), axis, false);
    }

    Wire back(Blocks draw, Wire result) {
      return merged ? draw.reshape(result, shape) : draw.moveAxis(result, result.rank() - 1, axis);
    }
  }

  private static List<Wire> along(NodeView node, Blocks draw, Op op) {
    Wire x = ElementReaders.real(node);
    AlongLast view = AlongLast.of(node, draw, x, node.opset() < 13);
    Wire result = draw.drawing().add(op, view.rows().type(), List.of(view.rows()));
    return List.of(view.back(draw, result));
  }

  /// A vector over the channels as an operand of an image's rank.
  private static Wire perChannel(Blocks draw, Wire vector, int rank) {
    List<Integer> dims = new ArrayList<>(Collections.nCopies(rank, 1));
    dims.set(rank > 1 ? 1 : 0, vector.shape().count());
    return draw.reshape(vector, new Shape(dims));
  }

  private static List<Wire> batch(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    if (node.flag("training_mode", false) || (node.opset() < 7 && !node.flag("is_test", false))) {
      throw node.unsupported("training mode");
    }
    node.requireOnly(1);
    Wire deviation =
        draw.unary(
            Unary.Kind.SQRT, draw.add(node.input(4), draw.real(node.real("epsilon", 1e-5f))));
    Wire factor = draw.divide(node.input(1), deviation);
    Wire offset = draw.subtract(node.input(2), draw.multiply(node.input(3), factor));
    int rank = x.rank();
    return List.of(
        draw.add(draw.multiply(x, perChannel(draw, factor, rank)), perChannel(draw, offset, rank)));
  }

  /// `(x − mean) / √(variance + epsilon)` over `axes`.
  private static Wire standardised(Blocks draw, Wire x, List<Integer> axes, double epsilon) {
    Wire centred = centred(draw, x, axes);
    Wire variance = variance(draw, centred, axes);
    Wire shifted = epsilon == 0 ? variance : draw.add(variance, draw.real(epsilon));
    return draw.divide(centred, draw.unary(Unary.Kind.SQRT, shifted));
  }

  private static Wire centred(Blocks draw, Wire x, List<Integer> axes) {
    return draw.subtract(x, draw.reduce(Reduce.Kind.MEAN, x, axes, true));
  }

  private static Wire variance(Blocks draw, Wire centred, List<Integer> axes) {
    return draw.reduce(Reduce.Kind.MEAN, draw.unary(Unary.Kind.SQUARE, centred), axes, true);
  }

  private static List<Wire> instance(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    List<Integer> axes = Blocks.range(x.rank()).subList(2, x.rank());
    Wire unit = standardised(draw, x, axes, node.real("epsilon", 1e-5f));
    return List.of(
        draw.add(
            draw.multiply(unit, perChannel(draw, node.input(1), x.rank())),
            perChannel(draw, node.input(2), x.rank())));
  }

  private static List<Wire> layer(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    int axis = node.axis(node.integer("axis", -1), x.rank());
    List<Integer> axes = Blocks.range(x.rank()).subList(axis, x.rank());
    Wire mean = draw.reduce(Reduce.Kind.MEAN, x, axes, true);
    Wire centred = draw.subtract(x, mean);
    Wire variance = variance(draw, centred, axes);
    Wire deviation =
        draw.unary(Unary.Kind.SQRT, draw.add(variance, draw.real(node.real("epsilon", 1e-5f))));
    Wire unit = draw.multiply(draw.divide(centred, deviation), node.input(1));
    Wire result = node.optional(2).isPresent() ? draw.add(unit, node.input(2)) : unit;
    return node.hasOutput(1) || node.hasOutput(2)
        ? List.of(result, mean, draw.divide(draw.real(1), deviation))
        : List.of(result);
  }

  private static List<Wire> meanVariance(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    List<Integer> axes = node.axes(node.longs("axes").orElse(new long[] {0, 2, 3}), x.rank());
    Wire centred = centred(draw, x, axes);
    Wire deviation = draw.unary(Unary.Kind.SQRT, variance(draw, centred, axes));
    return List.of(draw.divide(centred, draw.add(deviation, draw.real(1e-9))));
  }

  private static List<Wire> byNorm(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    List<Integer> axis = List.of(node.axis(node.integer("axis", -1), x.rank()));
    long p = node.integer("p", 2);
    Wire norm =
        switch ((int) p) {
          case 1 -> draw.reduce(Reduce.Kind.SUM, draw.unary(Unary.Kind.ABS, x), axis, true);
          case 2 ->
              draw.unary(
                  Unary.Kind.SQRT,
                  draw.reduce(Reduce.Kind.SUM, draw.unary(Unary.Kind.SQUARE, x), axis, true));
          default -> throw node.unsupported("a norm of order " + p);
        };
    return List.of(draw.divide(x, norm));
  }

  /// Each element over a power of the squares around it, across channels.
  private static List<Wire> localResponse(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    int size = node.small("size", 1);
    node.require(
        x.rank() >= 2 && size >= 1 && size <= 64, "a window of %d channels".formatted(size));
    int channels = x.shape().dim(1);
    List<Integer> before = new ArrayList<>(Collections.nCopies(x.rank(), 0));
    List<Integer> after = new ArrayList<>(before);
    before.set(1, (size - 1) / 2);
    after.set(1, size / 2);
    Wire squares = draw.pad(draw.unary(Unary.Kind.SQUARE, x), before, after, 0);
    Wire sum = draw.part(squares, 1, 0, channels);
    for (int i = 1; i < size; i++) {
      sum = draw.add(sum, draw.part(squares, 1, i, i + channels));
    }
    Wire inner =
        draw.add(
            draw.multiply(sum, draw.real(node.real("alpha", 1e-4f) / size)),
            draw.real(node.real("bias", 1)));
    Wire power = draw.binary(Op.Binary.Kind.POWER, inner, draw.real(node.real("beta", 0.75f)));
    return List.of(draw.divide(x, power));
  }
}
