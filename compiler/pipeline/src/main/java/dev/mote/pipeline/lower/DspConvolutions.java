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

  private DspConvolutions() {}

  static Optional<KernelCall> conv2d(Step step, Op.Conv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.CONV);
    Optional<ShortRescaling> constants = DspLayers.constants(step, layer);
    if (op.groups() != 1 || constants.isEmpty()) {
      return Optional.empty();
    }
    Shape x = step.inputType(0).shape();
    Window2d window = op.window();
    boolean pixelwise =
        window.equals(Window2d.valid(1, 1, 1, 1, window.dilationHeight(), window.dilationWidth()));
    if (pixelwise && x.last() % 4 == 0) {
      return Optional.of(
          pointwise(step, layer, constants.get(), op.activation(), x.count(0, 3), x.last()));
    }
    return Optional.of(windows(step, layer, constants.get(), op));
  }

  static Optional<KernelCall> fullyConnected(Step step, Op.FullyConnected op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), MatrixProducts.FULLY_CONNECTED);
    int depth = step.inputCount() > 1 ? layer.weights().shape().last() : 0;
    Optional<ShortRescaling> constants = DspLayers.constants(step, layer);
    if (depth % 4 != 0 || constants.isEmpty()) {
      return Optional.empty();
    }
    int rows = step.outputType().shape().count() / layer.channels();
    return Optional.of(
        layer.perTensor() && rows == 1
            ? rowsOfFour(step, layer, constants.get(), op.activation(), depth)
            : pointwise(step, layer, constants.get(), op.activation(), rows, depth));
  }

  // ---- convolution as a product of columns ------------------------------------------------------

  private static KernelCall pointwise(
      Step step,
      WeightedLayer layer,
      ShortRescaling constants,
      Activation activation,
      int pixels,
      int depth) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("pixels", pixels));
    parameters.add(new Parameter.Int("depth", depth));
    parameters.addAll(DspLayers.output(step, layer, activation));
    return KernelCall.of(
            "armv7em/pointwise_s8",
            "mote_dsp_pointwise" + DspLayers.clamp(step, activation) + "_s8",
            parameters,
            new Argument.Input(0),
            new Argument.Table(columnStream(constants, 1, depth)),
            new Argument.Output(0),
            new Argument.Scratch())
        .withScratch(4 * depth)
        .withOverlaps(WindowOverlap.pixels(pixels, depth, layer.channels(), 2));
  }

  private static KernelCall windows(
      Step step, WeightedLayer layer, ShortRescaling constants, Op.Conv2d op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    Window2d w = op.window();
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, op.activation()));
    parameters.addAll(
        List.of(
            new Parameter.Int("batches", x.dim(0)),
            new Parameter.Int("in_h", x.dim(1)),
            new Parameter.Int("in_w", x.dim(2)),
            new Parameter.Int("in_c", x.dim(3)),
            new Parameter.Int("out_h", y.dim(1)),
            new Parameter.Int("out_w", y.dim(2)),
            new Parameter.Int("kernel_h", w.kernelHeight()),
            new Parameter.Int("kernel_w", w.kernelWidth()),
            new Parameter.Int("stride_h", w.strideHeight()),
            new Parameter.Int("stride_w", w.strideWidth()),
            new Parameter.Int("dilation_h", w.dilationHeight()),
            new Parameter.Int("dilation_w", w.dilationWidth()),
            new Parameter.Int("pad_top", w.padTop()),
            new Parameter.Int("pad_left", w.padLeft()),
            new Parameter.Int("input_zero", layer.xZero())));
    int row = w.kernelWidth() * x.last();
    return KernelCall.of(
            "armv7em/conv2d_s8",
            "mote_dsp_conv2d" + DspLayers.clamp(step, op.activation()) + "_s8",
            parameters,
            new Argument.Input(0),
            new Argument.Table(columnStream(constants, w.kernelHeight(), row)),
            new Argument.Output(0),
            new Argument.Scratch())
        .withScratch(4 * w.kernelHeight() * roundUp(row))
        .withOverlaps(WindowOverlap.rows(x, y, w, 1, 1));
  }

  /// The stream of `matrix_2x2_s8.h`: output channels in pairs, kernel rows rounded up to four
  /// weights.
  private static ConstantTable columnStream(ShortRescaling constants, int rows, int rowWeights) {
    int channels = constants.bias().length;
    WordStream words = new WordStream();
    int[] bias = constants.bias();
    byte[] weights = constants.weights();
    for (int first = 0; first < channels; first += 2) {
      boolean odd = first + 1 == channels;
      words.add(bias[first]);
      words.add(odd ? 0 : bias[first + 1]);
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < rowWeights; i += 4) {
          int count = Math.min(4, rowWeights - i);
          int at = (first * rows + row) * rowWeights + i;
          words.addBytes(weights, at, count);
          words.addBytes(weights, at + rows * rowWeights, odd ? 0 : count);
        }
      }
      words.add(constants.multiplier()[first]);
      words.add(odd ? 0 : constants.multiplier()[first + 1]);
      boolean last = first + 2 >= channels;
      int shifts = constants.right()[first] | (odd ? 1 : constants.right()[first + 1]) << 8;
      words.add(shifts | (last ? 1 << 31 : 0) | (odd ? 1 << 30 : 0));
    }
    return words.table(weights.length + 4L * channels);
  }

  // ---- one row of x
  // ------------------------------------------------------------------------------

  private static KernelCall rowsOfFour(
      Step step, WeightedLayer layer, ShortRescaling constants, Activation activation, int depth) {
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, activation));
    parameters.add(new Parameter.Int("batches", 1));
    parameters.add(new Parameter.Int("depth", depth));
    parameters.add(new Parameter.Int("multiplier", constants.multiplier()[0]));
    parameters.add(new Parameter.Int("right", constants.right()[0]));
    int channels = constants.bias().length;
    int[] bias = constants.bias();
    byte[] weights = constants.weights();
    WordStream words = new WordStream();
    for (int first = 0; first < channels; first += 4) {
      for (int row = first; row < first + 4; row++) {
        words.add(row < channels ? bias[row] : 0);
      }
      for (int i = 0; i < depth; i += 4) {
        for (int row = first; row < first + 4; row++) {
          words.addBytes(weights, row * depth + i, row < channels ? 4 : 0);
        }
      }
    }
    return KernelCall.of(
        "armv7em/fully_connected_s8",
        "mote_dsp_fully_connected_s8",
        parameters,
        new Argument.Input(0),
        new Argument.Table(words.table(weights.length + 4L * channels)),
        new Argument.Output(0));
  }

  private static int roundUp(int weights) {
    return (weights + 3) & -4;
  }
}
