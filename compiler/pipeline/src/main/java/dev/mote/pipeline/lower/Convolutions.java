package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.lower.WeightedLayer.ScaleProduct;
import java.util.ArrayList;
import java.util.List;

/// Lowers convolutions.
final class Convolutions {

  private static final int WEIGHT_OUTPUTS = 0;
  private static final int DEPTHWISE_WEIGHT_OUTPUTS = 3;

  private Convolutions() {}

  static KernelCall conv2d(Step step, Op.Conv2d op) {
    WeightedLayer layer =
        new WeightedLayer(step, op.activation(), WEIGHT_OUTPUTS, ScaleProduct.IN_DOUBLE);
    if (isMatrixProduct(step, op)) {
      Shape y = step.outputType().shape();
      int rows = y.count(0, 3);
      int depth = layer.weights().shape().count(1, 4);
      return MatrixProducts.rowsTimesWeights(step, layer, op.activation(), rows, depth);
    }
    List<Parameter> parameters = geometry(step, op.window());
    parameters.add(new Parameter.Int("output_channels", layer.channels()));
    parameters.add(new Parameter.Int("groups", op.groups()));
    return call(step, layer, op.activation(), "conv2d", parameters);
  }

  static KernelCall depthwiseConv2d(Step step, Op.DepthwiseConv2d op) {
    WeightedLayer layer =
        new WeightedLayer(step, op.activation(), DEPTHWISE_WEIGHT_OUTPUTS, ScaleProduct.IN_DOUBLE);
    List<Parameter> parameters = geometry(step, op.window());
    parameters.add(new Parameter.Int("channel_multiplier", op.multiplier()));
    return call(step, layer, op.activation(), "depthwise_conv2d", parameters);
  }

  /// Whether every output pixel reads a contiguous piece of x, one after the other.
  private static boolean isMatrixProduct(Step step, Op.Conv2d op) {
    Shape x = step.inputType(0).shape();
    Window2d w = op.window();
    boolean pixelwise =
        w.kernelHeight() == 1
            && w.kernelWidth() == 1
            && w.strideHeight() == 1
            && w.strideWidth() == 1;
    boolean wholeImage =
        w.kernelHeight() == x.dim(1)
            && w.kernelWidth() == x.dim(2)
            && w.dilationHeight() == 1
            && w.dilationWidth() == 1;
    boolean padded = w.padTop() + w.padBottom() + w.padLeft() + w.padRight() > 0;
    return op.groups() == 1 && !padded && (pixelwise || wholeImage);
  }

  private static KernelCall call(
      Step step,
      WeightedLayer layer,
      Activation activation,
      String name,
      List<Parameter> parameters) {
    if (step.inputType(0).element() == ElementType.INT8
        && layer.weights().element() == ElementType.INT8) {
      parameters.addAll(layer.zeroPoints());
      parameters.addAll(layer.rescaling());
      return KernelCall.of(
          "portable/" + name + "_s8",
          "mote_" + name + "_s8",
          parameters,
          new Argument.Input(0),
          new Argument.Input(1),
          layer.bias(),
          layer.multipliers(),
          layer.shifts(),
          new Argument.Output(0));
    }
    throw new UnsupportedStepException(step);
  }

  /// Shapes and window, as every kernel that slides a window calls them.
  static List<Parameter> geometry(Step step, Window2d window) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("batches", x.dim(0)));
    parameters.add(new Parameter.Int("input_height", x.dim(1)));
    parameters.add(new Parameter.Int("input_width", x.dim(2)));
    parameters.add(new Parameter.Int("input_channels", x.dim(3)));
    parameters.add(new Parameter.Int("output_height", y.dim(1)));
    parameters.add(new Parameter.Int("output_width", y.dim(2)));
    parameters.add(new Parameter.Int("kernel_height", window.kernelHeight()));
    parameters.add(new Parameter.Int("kernel_width", window.kernelWidth()));
    parameters.add(new Parameter.Int("stride_height", window.strideHeight()));
    parameters.add(new Parameter.Int("stride_width", window.strideWidth()));
    parameters.add(new Parameter.Int("dilation_height", window.dilationHeight()));
    parameters.add(new Parameter.Int("dilation_width", window.dilationWidth()));
    parameters.add(new Parameter.Int("pad_top", window.padTop()));
    parameters.add(new Parameter.Int("pad_left", window.padLeft()));
    return parameters;
  }
}
