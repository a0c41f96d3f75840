package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 convolutions and matrix products to kernels for the DSP extension of Armv7E-M.
final class DspConvolutions {

  /// Pixels that a product takes at once; fewer are better taken one by one.
  private static final int PIXELS = 3;

  private DspConvolutions() {}

  /// The call with constants in this form.
  static Optional<KernelCall> conv2d(Step step, Op.Conv2d op, ProductStream.Form form) {
    if (op.groups() != 1) {
      return Optional.empty();
    }
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.CONV);
    Shape x = step.inputType(0).shape();
    Window2d w = op.window();
    boolean pixelwise = w.equals(Window2d.valid(1, 1, 1, 1, w.dilationHeight(), w.dilationWidth()));
    if (pixelwise) {
      return matrix(step, layer, op.activation(), form, x.count(0, 3), x.last());
    }
    if (w.equals(Window2d.valid(x.dim(1), x.dim(2), w.strideHeight(), w.strideWidth(), 1, 1))) {
      return matrix(step, layer, op.activation(), form, x.dim(0), x.count(1, 4));
    }
    Shape y = step.outputType().shape();
    return DspLayers.constants(step, layer)
        .flatMap(constants -> windows(step, layer, constants, op, form))
        .or(() -> oneByOne(step, layer, op.activation(), form, x, y, w));
  }

  /// The call with constants in this form.
  static Optional<KernelCall> fullyConnected(
      Step step, Op.FullyConnected op, ProductStream.Form form) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), MatrixProducts.FULLY_CONNECTED);
    int depth = layer.weights().shape().last();
    int rows = step.outputType().shape().count() / layer.channels();
    return matrix(step, layer, op.activation(), form, rows, depth);
  }

  /// `rows` rows of `depth` values, each times the weights of every output channel.
  private static Optional<KernelCall> matrix(
      Step step,
      WeightedLayer layer,
      Activation activation,
      ProductStream.Form form,
      int rows,
      int depth) {
    if (rows == 1 && depth % 4 == 0) {
      return DspLayers.anyConstants(step, layer)
          .flatMap(constants -> oneRow(step, layer, constants, activation, form, depth));
    }
    return DspLayers.constants(step, layer)
        .flatMap(constants -> form.of(constants, 1, depth, true))
        .map(stream -> pointwise(step, layer, stream, activation, rows, depth))
        .or(
            () -> {
              Shape x = Shape.of(1, rows, 1, depth);
              Shape y = Shape.of(1, rows, 1, layer.channels());
              return oneByOne(
                  step, layer, activation, form, x, y, Window2d.valid(1, 1, 1, 1, 1, 1));
            });
  }

  private static KernelCall pointwise(
      Step step,
      WeightedLayer layer,
      ProductStream stream,
      Activation activation,
      int pixels,
      int depth) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("pixels", pixels));
    parameters.add(new Parameter.Int("depth", depth));
    parameters.addAll(DspLayers.output(step, layer, activation));
    return KernelCall.of(
            "armv7em/pointwise_s8",
            "mote_dsp_pointwise" + variant(step, activation, stream),
            parameters,
            new Argument.Input(0),
            new Argument.Table(stream.table()),
            new Argument.Output(0),
            new Argument.Scratch())
        .withScratch((depth % 4 == 0 ? 24 : 32) * stream.steps())
        .withOverlaps(WindowOverlap.pixels(pixels, depth, layer.channels(), PIXELS));
  }

  private static Optional<KernelCall> windows(
      Step step,
      WeightedLayer layer,
      ShortRescaling constants,
      Op.Conv2d op,
      ProductStream.Form form) {
    Window2d w = op.window();
    int rowWeights = w.kernelWidth() * step.inputType(0).shape().last();
    return form.of(constants, w.kernelHeight(), rowWeights, true)
        .map(stream -> windows(step, layer, stream, op));
  }

  private static KernelCall windows(
      Step step, WeightedLayer layer, ProductStream stream, Op.Conv2d op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    Window2d w = op.window();
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, op.activation()));
    parameters.addAll(DspLayers.windows(x, y, w));
    parameters.add(new Parameter.Int("input_zero", layer.xZero()));
    return KernelCall.of(
            "armv7em/conv2d_s8",
            "mote_dsp_conv2d" + variant(step, op.activation(), stream),
            parameters,
            new Argument.Input(0),
            new Argument.Table(stream.table()),
            new Argument.Output(0),
            new Argument.Scratch())
        .withScratch((isDense(x, y, w) ? 24 : 32) * stream.steps())
        .withOverlaps(WindowOverlap.rows(x, y, w, 1, 1));
  }

  /// One pixel after the other, for shifts to the left or none.
  private static Optional<KernelCall> oneByOne(
      Step step,
      WeightedLayer layer,
      Activation activation,
      ProductStream.Form form,
      Shape x,
      Shape y,
      Window2d w) {
    return DspLayers.anyConstants(step, layer)
        .flatMap(
            constants -> form.of(constants, w.kernelHeight(), w.kernelWidth() * x.last(), true))
        .map(
            stream -> {
              List<Parameter> parameters = new ArrayList<>();
              parameters.addAll(DspLayers.output(step, layer, activation));
              parameters.addAll(DspLayers.windows(x, y, w));
              parameters.add(new Parameter.Int("input_zero", layer.xZero()));
              return KernelCall.of(
                      "armv7em/conv2d_any_s8",
                      "mote_dsp_conv2d_any" + width(stream),
                      parameters,
                      new Argument.Input(0),
                      new Argument.Table(stream.table()),
                      new Argument.Output(0),
                      new Argument.Scratch())
                  .withScratch(4 * stream.steps())
                  .withOverlaps(WindowOverlap.rows(x, y, w, 1, 1));
            });
  }

  /// Whether the kernel never has to copy a window before it widens it.
  private static boolean isDense(Shape x, Shape y, Window2d w) {
    return w.padTop() == 0
        && w.padLeft() == 0
        && (y.dim(1) - 1) * w.strideHeight() + (w.kernelHeight() - 1) * w.dilationHeight()
            < x.dim(1)
        && (y.dim(2) - 1) * w.strideWidth() + w.kernelWidth() <= x.dim(2)
        && w.dilationWidth() == 1
        && w.kernelWidth() * x.last() % 4 == 0
        && y.dim(2) % PIXELS == 0;
  }

  /// Which of the variants of a product fits a layer: most layers clamp to the range of int8, which
  /// is for nothing, and where that ends at the zero point, rounding is simpler as well.
  private static String variant(Step step, Activation activation, ProductStream stream) {
    if (stream.layout() != ProductStream.Layout.NARROW) {
      return width(stream);
    }
    if (!QuantizedRange.of(activation, step.outputType()).isWholeInt8()) {
      return "_clamp_s8";
    }
    return step.outputType().quantization().zeroPoint() == Byte.MIN_VALUE ? "_relu_s8" : "_s8";
  }

  private static String width(ProductStream stream) {
    return switch (stream.layout()) {
      case NARROW -> "_s8";
      case WIDE -> "_wide_s8";
      case NIBBLES -> "_s4";
    };
  }

  private static Optional<KernelCall> oneRow(
      Step step,
      WeightedLayer layer,
      ShortRescaling constants,
      Activation activation,
      ProductStream.Form form,
      int depth) {
    boolean own = !layer.perTensor();
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, activation));
    parameters.add(new Parameter.Int("depth", depth));
    parameters.add(new Parameter.Int("multiplier", own ? 0 : 2 * constants.multiplier()[0]));
    parameters.add(new Parameter.Int("right", own ? 0 : constants.right()[0]));
    return form.of(constants, 1, depth, own)
        .map(
            stream ->
                KernelCall.of(
                    "armv7em/fully_connected_s8",
                    "mote_dsp_fully_connected" + width(stream),
                    parameters,
                    new Argument.Input(0),
                    new Argument.Table(stream.table()),
                    new Argument.Output(0)));
  }
}
