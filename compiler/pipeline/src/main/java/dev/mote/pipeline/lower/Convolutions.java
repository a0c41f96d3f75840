package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.lower.WeightedLayer.Narrow;
import dev.mote.pipeline.lower.WeightedLayer.Traits;
import java.util.ArrayList;
import java.util.List;

/// Lowers convolutions.
final class Convolutions {

  static final Traits CONV = new Traits("conv2d", 0, false, false, true, Narrow.UNPACK, true);
  static final Traits PADDED_CONV =
      new Traits("conv2d", 0, false, false, false, Narrow.UNPACK, true);
  private static final Traits MATRIX_PRODUCT =
      new Traits("fully_connected", 0, false, false, true, Narrow.READ, true);
  static final Traits DEPTHWISE =
      new Traits("depthwise_conv2d", 3, false, true, true, Narrow.EXPAND, true);
  static final Traits PADDED_DEPTHWISE =
      new Traits("depthwise_conv2d", 3, false, true, false, Narrow.EXPAND, true);
  private static final Traits TRANSPOSE =
      new Traits("transpose_conv2d", 0, false, true, false, Narrow.EXPAND, false);

  private Convolutions() {}

  static KernelCall conv2d(Step step, Op.Conv2d op) {
    if (isMatrixProduct(step, op)) {
      WeightedLayer layer = new WeightedLayer(step, op.activation(), MATRIX_PRODUCT);
      int depth = layer.weights().shape().count(1, 4);
      int rows = step.outputType().shape().count(0, 3);
      return MatrixProducts.call(layer, rows, depth);
    }
    WeightedLayer layer =
        new WeightedLayer(step, op.activation(), isPadded(op.window()) ? PADDED_CONV : CONV);
    List<Parameter> geometry = geometry(step, op.window());
    geometry.add(new Parameter.Int("output_channels", layer.channels()));
    geometry.add(new Parameter.Int("groups", op.groups()));
    KernelCall call = layer.call(geometry);
    // a kernel that unpacks weights goes over the image several times
    return call.scratchBytes() == 0 ? call.withOverlaps(overlap(step, op.window())) : call;
  }

  static KernelCall depthwiseConv2d(Step step, Op.DepthwiseConv2d op) {
    List<Parameter> geometry = geometry(step, op.window());
    geometry.add(new Parameter.Int("channel_multiplier", op.multiplier()));
    KernelCall call =
        new WeightedLayer(
                step, op.activation(), isPadded(op.window()) ? PADDED_DEPTHWISE : DEPTHWISE)
            .call(geometry);
    return call.scratchBytes() == 0 ? call.withOverlaps(overlap(step, op.window())) : call;
  }

  static KernelCall transposeConv2d(Step step, Op.TransposeConv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), TRANSPOSE);
    if (op.window().dilationHeight() != 1 || op.window().dilationWidth() != 1) {
      throw new UnsupportedStepException(step, "no kernel dilates a transposed convolution");
    }
    List<Parameter> geometry =
        sizes(step.inputType(0).shape(), step.outputType().shape(), op.window());
    geometry.add(new Parameter.Int("output_channels", layer.channels()));
    return layer.call(geometry);
  }

  /// Whether every output pixel reads a contiguous piece of x, one after the other. With packed
  /// weights and many pixels it is better to unpack the weights once, as the convolution does.
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
    boolean dynamic =
        step.inputType(0).element() == ElementType.FLOAT32
            && step.inputType(1).element() == ElementType.INT8;
    boolean packed =
        step.inputType(0).element() != ElementType.INT16
            && step.inputType(1).element() != step.inputType(0).element();
    return op.groups() == 1
        && !isPadded(w)
        && !dynamic
        && (pixelwise || wholeImage)
        && !(packed && step.outputType().shape().count(0, 3) > 1);
  }

  static boolean isPadded(Window2d w) {
    return w.padTop() + w.padBottom() + w.padLeft() + w.padRight() > 0;
  }

  /// For kernels that finish one output pixel after the other.
  static List<Overlap> overlap(Step step, Window2d window) {
    return WindowOverlap.rows(
        step.inputType(0).shape(),
        step.outputType().shape(),
        window,
        step.inputType(0).element().bits() / 8,
        step.outputType().element().bits() / 8);
  }

  /// Shapes and window, as every kernel that slides a window calls them.
  static List<Parameter> geometry(Step step, Window2d window) {
    return geometry(step.inputType(0).shape(), step.outputType().shape(), window);
  }

  /// The same for shapes of four dimensions that are not those of a step.
  static List<Parameter> geometry(Shape x, Shape y, Window2d window) {
    List<Parameter> parameters = sizes(x, y, window);
    parameters.add(new Parameter.Int("dilation_height", window.dilationHeight()));
    parameters.add(new Parameter.Int("dilation_width", window.dilationWidth()));
    return parameters;
  }

  private static List<Parameter> sizes(Shape x, Shape y, Window2d window) {
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
    parameters.add(new Parameter.Int("pad_top", window.padTop()));
    parameters.add(new Parameter.Int("pad_left", window.padLeft()));
    return parameters;
  }
}
