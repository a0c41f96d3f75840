package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads activation functions.
final class ActivationReaders {

  private interface OfReals {
    Wire draw(NodeView node, Blocks draw, Wire x);
  }

  private ActivationReaders() {}

  static void register(Map<String, Reading> readings) {
    put(readings, "Relu", (node, draw, x) -> draw.relu(x));
    put(readings, "Sigmoid", (node, draw, x) -> draw.unary(Unary.Kind.LOGISTIC, x));
    put(readings, "Tanh", (node, draw, x) -> draw.unary(Unary.Kind.TANH, x));
    put(readings, "Softplus", (node, draw, x) -> draw.unary(Unary.Kind.SOFTPLUS, x));
    put(
        readings,
        "Softsign",
        (node, draw, x) -> draw.divide(x, draw.add(draw.unary(Unary.Kind.ABS, x), draw.real(1))));
    put(
        readings,
        "LeakyRelu",
        (node, draw, x) ->
            draw.drawing().add(new Op.LeakyRelu(node.real("alpha", 0.01f)), x.type(), List.of(x)));
    put(readings, "Elu", (node, draw, x) -> elu(draw, x, node.real("alpha", 1), 1));
    put(
        readings,
        "Selu",
        (node, draw, x) ->
            elu(
                draw,
                x,
                node.real("alpha", node.opset() < 6 ? 1.6732f : 1.67326319217681884765625f),
                node.real("gamma", node.opset() < 6 ? 1.0507f : 1.05070102214813232421875f)));
    put(readings, "Celu", ActivationReaders::celu);
    put(readings, "HardSigmoid", ActivationReaders::hardSigmoid);
    put(readings, "HardSwish", (node, draw, x) -> draw.unary(Unary.Kind.HARD_SWISH, x));
    put(
        readings,
        "Mish",
        (node, draw, x) ->
            draw.multiply(x, draw.unary(Unary.Kind.TANH, draw.unary(Unary.Kind.SOFTPLUS, x))));
    put(readings, "Gelu", ActivationReaders::gelu);
    put(readings, "ThresholdedRelu", ActivationReaders::thresholdedRelu);
    readings.put("Shrink", ActivationReaders::shrink);
    readings.put("PRelu", ActivationReaders::prelu);
  }

  private static void put(Map<String, Reading> readings, String name, OfReals reading) {
    readings.put(
        name, (node, draw) -> List.of(reading.draw(node, draw, ElementReaders.real(node))));
  }

  /// `gamma · (x where positive, alpha·(e^x − 1) elsewhere)`.
  private static Wire elu(Blocks draw, Wire x, float alpha, float gamma) {
    Wire unit = draw.unary(Unary.Kind.ELU, x);
    Wire result = unit;
    if (alpha != 1) {
      Wire below = draw.multiply(draw.minimum(unit, draw.real(0)), draw.real(alpha));
      result = draw.add(draw.relu(x), below);
    }
    return gamma == 1 ? result : draw.multiply(result, draw.real(gamma));
  }

  private static Wire celu(NodeView node, Blocks draw, Wire x) {
    float alpha = node.real("alpha", 1);
    if (alpha == 1) {
      return draw.unary(Unary.Kind.ELU, x);
    }
    Wire unit = draw.unary(Unary.Kind.ELU, draw.divide(x, draw.real(alpha)));
    return draw.multiply(unit, draw.real(alpha));
  }

  private static Wire hardSigmoid(NodeView node, Blocks draw, Wire x) {
    Wire line =
        draw.add(
            draw.multiply(x, draw.real(node.real("alpha", 0.2f))),
            draw.real(node.real("beta", 0.5f)));
    return draw.unary(Unary.Kind.RELU_0_TO_1, line);
  }

  private static Wire gelu(NodeView node, Blocks draw, Wire x) {
    Wire half = draw.multiply(x, draw.real(0.5));
    if (node.text("approximate", "none").equals("tanh")) {
      Wire cube = draw.multiply(draw.unary(Unary.Kind.SQUARE, x), x);
      Wire inner = draw.add(x, draw.multiply(cube, draw.real(0.044715)));
      Wire bent =
          draw.unary(Unary.Kind.TANH, draw.multiply(inner, draw.real(Math.sqrt(2 / Math.PI))));
      return draw.multiply(half, draw.add(bent, draw.real(1)));
    }
    Wire bent = draw.unary(Unary.Kind.ERF, draw.multiply(x, draw.real(Math.sqrt(0.5))));
    return draw.multiply(half, draw.add(bent, draw.real(1)));
  }

  private static Wire thresholdedRelu(NodeView node, Blocks draw, Wire x) {
    Wire above = draw.compare(Compare.Kind.GREATER, x, draw.real(node.real("alpha", 1)));
    return draw.select(above, x, draw.real(0));
  }

  private static List<Wire> shrink(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    float lambda = node.real("lambd", 0.5f);
    Wire bias = draw.real(node.real("bias", 0));
    Wire below = draw.compare(Compare.Kind.LESS, x, draw.real(-lambda));
    Wire above = draw.compare(Compare.Kind.GREATER, x, draw.real(lambda));
    Wire upper = draw.select(above, draw.subtract(x, bias), draw.real(0));
    return List.of(draw.select(below, draw.add(x, bias), upper));
  }

  private static List<Wire> prelu(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    Wire slope = node.input(1);
    if (x.element() != ElementType.FLOAT32) {
      throw node.types("it is not supported for " + x.element().label());
    }
    // Before operator set 7 a slope of one dimension belongs to the channels.
    if (node.opset() < 7 && slope.rank() == 1 && x.rank() > 1 && slope.shape().count() > 1) {
      List<Integer> dims = new ArrayList<>(java.util.Collections.nCopies(x.rank() - 1, 1));
      dims.set(0, slope.shape().count());
      slope = draw.reshape(slope, new Shape(dims));
    }
    node.require(
        x.shape().broadcast(slope.shape()).equals(x.shape()),
        "the slope [%s] does not broadcast to [%s]".formatted(slope.shape(), x.shape()));
    return List.of(draw.prelu(x, slope));
  }
}
