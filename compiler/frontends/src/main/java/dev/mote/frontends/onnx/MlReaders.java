package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The operators of domain `ai.onnx.ml`, which converters of classical models write.
final class MlReaders {

  static final String DOMAIN = "ai.onnx.ml";

  /// Newest version of the domain that is read.
  static final int NEWEST_SET = 5;

  /// Operators whose operands can only be maps or strings of run time.
  private static final Map<String, String> NO_TENSORS =
      Map.of("CastMap", "a map", "DictVectorizer", "a map");

  private static final Map<String, Reading> READINGS = readings();

  private MlReaders() {}

  private static Map<String, Reading> readings() {
    Map<String, Reading> readings = new HashMap<>();
    MlForests.register(readings);
    MlLinear.register(readings);
    MlVectorMachines.register(readings);
    MlFeatures.register(readings);
    MlMappings.register(readings);
    return Map.copyOf(readings);
  }

  static Set<String> names() {
    return READINGS.keySet();
  }

  static List<Wire> read(NodeView node, Blocks draw) {
    String name = OnnxNames.printable(node.operator());
    Reading reading = READINGS.get(node.operator());
    if (reading != null) {
      return reading.read(node.plain(draw), draw);
    }
    String operand = NO_TENSORS.get(node.operator());
    if (operand != null) {
      throw node.refusal(
          OnnxProblem.NOT_A_TENSOR,
          "%s takes %s, which is not supported".formatted(name, operand),
          "convert the model without it: give the features as one tensor of numbers.");
    }
    throw node.refusal(
        OnnxProblem.UNSUPPORTED_OPERATOR,
        "operator %s of domain '%s' is not supported".formatted(name, DOMAIN),
        "express it by other operators, or compute it in the application.");
  }

  /// Input 0 as rows of float32: a vector is one row.
  static Wire rows(NodeView node, Blocks draw) {
    Wire x = draw.cast(node.input(0), ElementType.FLOAT32);
    node.require(x.rank() == 1 || x.rank() == 2, "its input [%s] has no rows".formatted(x.shape()));
    return x.rank() == 2 ? x : draw.reshape(x, Shape.of(1, x.shape().last()));
  }

  static double[] wide(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  /// An attribute that is a list of floats; empty when it is absent.
  static double[] floats(NodeView node, String name) {
    return wide(node.floats(name).orElse(new float[0]));
  }

  /// `x · weightsᵀ + bias`, weights row by row.
  static Wire affine(NodeView node, Blocks draw, Wire x, double[] weights, double... bias) {
    int features = x.shape().last();
    node.require(
        bias.length > 0 && features > 0 && weights.length == (long) bias.length * features,
        "%d coefficients do not take %d features to %d values"
            .formatted(weights.length, features, bias.length));
    return draw.drawing()
        .add(
            new Op.FullyConnected(dev.mote.ir.Activation.NONE),
            TensorType.plain(ElementType.FLOAT32, Shape.of(x.shape().dim(0), bias.length)),
            List.of(
                x,
                draw.constant(ElementType.FLOAT32, Shape.of(bias.length, features), weights),
                draw.constant(ElementType.FLOAT32, Shape.of(bias.length), bias)));
  }
}
