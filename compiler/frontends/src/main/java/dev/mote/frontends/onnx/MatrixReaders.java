package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.Activation;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads matrix products.
final class MatrixReaders {

  private MatrixReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("MatMul", (node, draw) -> List.of(product(node, draw)));
    readings.put("Gemm", (node, draw) -> List.of(gemm(node, draw)));
  }

  /// NumPy's product: a vector is a row on the left and a column on the right.
  private static Wire product(NodeView node, Blocks draw) {
    return product(node, draw, ElementReaders.real(node), node.input(1));
  }

  static Wire product(NodeView node, Blocks draw, Wire x, Wire y) {
    ElementReaders.sameTypes(node, x, y);
    node.require(x.rank() > 0 && y.rank() > 0, "a scalar is no matrix");
    Wire left = x.rank() == 1 ? draw.unsqueeze(x, List.of(0)) : x;
    Wire right = y.rank() == 1 ? draw.unsqueeze(y, List.of(1)) : y;
    node.require(
        left.shape().dim(-1) == right.shape().dim(-2),
        "the matrices [%s] and [%s] cannot be multiplied".formatted(x.shape(), y.shape()));
    Wire result =
        right.rank() == 2 && right.isKnown() && right.shape().count() > 0
            ? connected(draw, left, draw.transpose(right, 1, 0), Optional.empty())
            : draw.matrixProduct(left, right);
    if (x.rank() > 1 && y.rank() > 1) {
      return result;
    }
    List<Integer> dims = new ArrayList<>(result.shape().dims());
    if (y.rank() == 1) {
      dims.removeLast();
    }
    if (x.rank() == 1) {
      dims.remove(dims.size() - (y.rank() == 1 ? 1 : 2));
    }
    return draw.reshape(result, new Shape(dims));
  }

  /// A layer with weights `[outputs, inputs]`.
  static Wire connected(Blocks draw, Wire x, Wire weights, Optional<Wire> bias) {
    List<Integer> dims = new ArrayList<>(x.shape().dims());
    dims.set(dims.size() - 1, weights.shape().dim(0));
    List<Wire> operands = new ArrayList<>(List.of(x, weights));
    bias.ifPresent(operands::add);
    return draw.drawing()
        .add(
            new Op.FullyConnected(Activation.NONE),
            TensorType.plain(x.element(), new Shape(dims)),
            operands);
  }

  private static Wire gemm(NodeView node, Blocks draw) {
    Wire a = ElementReaders.real(node);
    Wire b = node.input(1);
    ElementReaders.sameTypes(node, a, b);
    node.require(a.rank() == 2 && b.rank() == 2, "it needs matrices");
    Wire x = node.flag("transA", false) ? draw.transpose(a, 1, 0) : a;
    Wire weights = node.flag("transB", false) ? b : draw.transpose(b, 1, 0);
    node.require(
        x.shape().dim(1) == weights.shape().dim(1) && x.shape().dim(1) > 0,
        "the matrices [%s] and [%s] cannot be multiplied".formatted(a.shape(), b.shape()));
    float alpha = node.real("alpha", 1);
    float beta = node.real("beta", 1);
    Optional<Wire> added =
        node.optional(2).map(c -> beta == 1 ? c : draw.multiply(c, draw.real(beta)));
    int outputs = weights.shape().dim(0);
    if (alpha != 1 && weights.isConstant()) {
      weights = draw.multiply(weights, draw.real(alpha));
      alpha = 1;
    }
    boolean bias =
        alpha == 1
            && added.isPresent()
            && added.get().isKnown()
            && ((added.get().shape().count() == 1 && added.get().isConstant())
                || (added.get().shape().count() == outputs
                    && added.get().shape().last() == outputs));
    if (bias) {
      return connected(draw, x, weights, Optional.of(biasVector(draw, added.get(), outputs)));
    }
    Wire product = connected(draw, x, weights, Optional.empty());
    Wire scaled = alpha == 1 ? product : draw.multiply(product, draw.real(alpha));
    return added.map(c -> draw.add(scaled, c)).orElse(scaled);
  }

  private static Wire biasVector(Blocks draw, Wire c, int outputs) {
    if (c.shape().count() == outputs) {
      return draw.reshape(c, Shape.of(outputs));
    }
    double[] values = new double[outputs];
    Arrays.fill(values, c.floats()[0]);
    return draw.constant(c.element(), Shape.of(outputs), values);
  }
}
