package dev.mote.pipeline.pass;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.FixedPoint;
import dev.mote.pipeline.lower.QuantizedRange;
import java.util.Optional;

/// An int8 layer with constant weights, as far as its channels are concerned: each output is a sum
/// of products, rescaled and clamped.
///
/// @param x what it reads
/// @param y what it writes
/// @param weights constant int8 with zero point 0
/// @param bias constant int32; absent: zeros
/// @param activation what is fused
/// @param padded whether a window may leave the image
/// @param depthwise whether each output channel reads only the input channel of its number
/// @param product whether it is a matrix product, for which TFLite multiplies the scales in `float`
record SummingLayer(
    Tensor x,
    Tensor y,
    Tensor weights,
    Optional<Tensor> bias,
    Activation activation,
    boolean padded,
    boolean depthwise,
    boolean product) {

  /// `node` as such a layer, if it is one.
  static Optional<SummingLayer> of(Graph graph, Node node) {
    return switch (node.op()) {
      case Op.Conv2d op when op.groups() == 1 ->
          of(graph, node, op.activation(), isPadded(op.window()), false, false);
      case Op.DepthwiseConv2d op when op.multiplier() == 1 ->
          of(graph, node, op.activation(), isPadded(op.window()), true, false);
      case Op.FullyConnected op -> of(graph, node, op.activation(), false, false, true);
      default -> Optional.empty();
    };
  }

  private static Optional<SummingLayer> of(
      Graph graph,
      Node node,
      Activation activation,
      boolean padded,
      boolean depthwise,
      boolean product) {
    Tensor x = graph.input(node, 0);
    Tensor y = graph.output(node);
    Tensor weights = graph.input(node, 1);
    Optional<Tensor> bias =
        node.inputs().size() > 2 ? Optional.of(graph.input(node, 2)) : Optional.empty();
    boolean fits =
        isInt8(x)
            && isInt8(y)
            && weights.isConstant()
            && weights.element() == ElementType.INT8
            && weights.quantization().isQuantized()
            && weights.quantization().zeroPoint() == 0
            && weights.shape().last() == x.shape().last()
            && bias.stream().allMatch(b -> b.isConstant() && b.element() == ElementType.INT32);
    return fits
        ? Optional.of(new SummingLayer(x, y, weights, bias, activation, padded, depthwise, product))
        : Optional.empty();
  }

  static boolean isInt8(Tensor tensor) {
    return tensor.element() == ElementType.INT8
        && tensor.quantization() instanceof Quantization.PerTensor
        && tensor.shape().rank() > 0;
  }

  private static boolean isPadded(Window2d w) {
    return w.padTop() + w.padBottom() + w.padLeft() + w.padRight() > 0;
  }

  int channels() {
    return y.shape().last();
  }

  int depth() {
    return x.shape().last();
  }

  int xZero() {
    return x.quantization().zeroPoint();
  }

  /// The biases, zeros where there is none.
  long[] biases() {
    return bias.map(Tensor::constantIntegers).orElseGet(() -> new long[channels()]);
  }

  /// The output of `channel` for a sum; empty where the kernels' arithmetic would overflow.
  Optional<Integer> output(int channel, long sum) {
    FixedPoint factor = factor(channel);
    if (sum != (int) sum || factor.shift() > 0) {
      return Optional.empty();
    }
    long shifted = (long) factor.times((int) sum) + y.quantization().zeroPoint();
    return shifted == (int) shifted
        ? Optional.of(QuantizedRange.of(activation, y.type()).clamp((int) shifted))
        : Optional.empty();
  }

  private FixedPoint factor(int channel) {
    boolean perTensor =
        !(weights.quantization() instanceof Quantization.PerChannel p) || p.scales().size() == 1;
    float xScale = x.quantization().scale();
    float weightScale = weights.quantization().scale(perTensor ? 0 : channel);
    double scales = product && perTensor ? xScale * weightScale : (double) xScale * weightScale;
    return FixedPoint.of(scales / y.quantization().scale());
  }
}
