package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.plugin.Compiler.Optimize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 convolutions and matrix products to kernels for the vectors of Armv8.1-M (MVE):
/// constant int8 weights, right shifts of 1 to 31, sums below 2^30 in magnitude.
final class MveConvolutions {

  private static final int LANES = 16;

  /// Bytes of windows that are copied before they are multiplied together.
  private static final int HELD_BYTES = 512;

  private MveConvolutions() {}

  static Optional<KernelCall> conv2d(Step step, Op.Conv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.CONV);
    Optional<ShortRescaling> constants = constants(step, layer);
    if (op.groups() != 1 || constants.isEmpty()) {
      return Optional.empty();
    }
    Shape x = step.inputType(0).shape();
    int pixels = step.outputType().shape().count(0, 3);
    Window2d w = op.window();
    boolean pixelwise = w.equals(Window2d.valid(1, 1, 1, 1, w.dilationHeight(), w.dilationWidth()));
    boolean wholeImage =
        pixels == 1
            && w.equals(
                Window2d.valid(x.dim(1), x.dim(2), w.strideHeight(), w.strideWidth(), 1, 1));
    return Optional.of(
        pixelwise || wholeImage
            ? product(step, layer, constants.get(), op.activation(), pixels, x.count() / pixels)
            : windows(step, layer, constants.get(), w, op.activation()));
  }

  static Optional<KernelCall> fullyConnected(Step step, Op.FullyConnected op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), MatrixProducts.FULLY_CONNECTED);
    Optional<ShortRescaling> constants = constants(step, layer);
    return constants.map(
        found -> {
          int rows = step.outputType().shape().count() / layer.channels();
          return product(step, layer, found, op.activation(), rows, layer.weights().shape().last());
        });
  }

  /// The constants for the kernels; empty where these do not apply.
  static Optional<ShortRescaling> constants(Step step, WeightedLayer layer) {
    boolean applies =
        step.hasMve()
            && step.inputType(0).element() == ElementType.INT8
            && step.outputType().element() == ElementType.INT8
            && layer.weights().element() == ElementType.INT8
            && layer.folded();
    return applies ? ShortRescaling.of(layer) : Optional.empty();
  }

  /// Where all that is negative is clamped away, it does not matter how it is rounded.
  static String rounding(Step step, Activation activation) {
    int zero = step.outputType().quantization().zeroPoint();
    return QuantizedRange.of(activation, step.outputType()).low() >= zero ? "_relu" : "";
  }

  // ---- products without windows -----------------------------------------------------------------

  private static KernelCall product(
      Step step,
      WeightedLayer layer,
      ShortRescaling constants,
      Activation activation,
      int pixels,
      int depth) {
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, activation));
    parameters.add(new Parameter.Int("depth", depth));
    if (pixels == 1) {
      boolean one = layer.perTensor();
      parameters.add(new Parameter.Int("multiplier", one ? constants.multiplier()[0] : 0));
      parameters.add(new Parameter.Int("shift", one ? -constants.right()[0] : 0));
      return call(
          "armv81m/fully_connected_s8",
          "mote_mve_fully_connected" + (one ? "" : "_channels") + "_s8",
          parameters,
          stream(constants, 1, depth, !one));
    }
    parameters.add(new Parameter.Int("pixels", pixels));
    KernelCall call =
        call(
            "armv81m/pointwise_s8",
            "mote_mve_pointwise" + rounding(step, activation) + "_s8",
            parameters,
            stream(constants, 1, depth, true));
    // a copy of two pixels takes little time, and the outputs may lie in the place of the inputs
    boolean copies = layer.channels() <= depth && step.optimize() != Optimize.SPEED;
    return copies
        ? call.withArguments(new Argument.Scratch())
            .withScratch(2 * depth)
            .withOverlaps(WindowOverlap.pixels(pixels, depth, layer.channels(), 2))
        : call.withArguments(new Argument.Absent())
            .withOverlaps(new Overlap(0, distance(pixels, depth, layer.channels())));
  }

  /// Two pixels are still read while all their outputs are written.
  private static int distance(int pixels, int depth, int channels) {
    int last = (pixels - 1) / 2 * 2;
    return Math.max(Math.min(2, pixels) * channels, pixels * channels - last * depth);
  }

  private static KernelCall call(
      String kernel, String function, List<Parameter> parameters, ConstantTable stream) {
    return KernelCall.of(
        kernel,
        function,
        parameters,
        new Argument.Input(0),
        new Argument.Table(stream),
        new Argument.Output(0));
  }

  // ---- convolution ------------------------------------------------------------------------------

  static KernelCall windows(
      Step step, WeightedLayer layer, ShortRescaling constants, Window2d w, Activation activation) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    int row = w.kernelWidth() * x.last();
    boolean packed = isPacked(w, row, constants.bias().length);
    int window = w.kernelHeight() * row;
    int held = packed ? Math.clamp(HELD_BYTES / window / 2 * 2, 2, 8) : 2;
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, activation));
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
            new Parameter.Int("input_zero", layer.xZero()),
            new Parameter.Int("packed", packed ? 1 : 0),
            new Parameter.Int("held", held)));
    ConstantTable stream =
        packed
            ? stream(constants, 1, window, true)
            : stream(constants, w.kernelHeight(), row, true);
    KernelCall call =
        call(
                "armv81m/conv2d_s8",
                "mote_mve_conv2d" + rounding(step, activation) + "_s8",
                parameters,
                stream)
            .withArguments(new Argument.Scratch())
            .withOverlaps(WindowOverlap.rows(x, y, w, 1, 1));
    return call.withScratch(copies(x, y, w, packed) ? held * window : 0);
  }

  /// Whether it is better to copy each window into one run than to read its rows where they are,
  /// each in whole vectors; in instructions for two pixels.
  private static boolean isPacked(Window2d w, int row, int channels) {
    int product = 14;
    int nextRow = 9;
    int groups = (channels + 3) / 4;
    int direct = groups * w.kernelHeight() * (product * vectors(row) + nextRow);
    int copy = 2 * (20 + w.kernelHeight() * (10 + 3 * vectors(row)));
    int packed = groups * product * vectors(w.kernelHeight() * row) + copy;
    return w.dilationWidth() != 1 || packed < direct;
  }

  /// Whether some window is copied to scratch memory: all of them, those that leave the image, or
  /// one without a partner in its row.
  private static boolean copies(Shape x, Shape y, Window2d w, boolean packed) {
    int bottom =
        (y.dim(1) - 1) * w.strideHeight()
            - w.padTop()
            + (w.kernelHeight() - 1) * w.dilationHeight();
    int right = (y.dim(2) - 1) * w.strideWidth() - w.padLeft() + w.kernelWidth() - 1;
    boolean inside = w.padTop() == 0 && w.padLeft() == 0 && bottom < x.dim(1) && right < x.dim(2);
    return packed || !inside || y.dim(2) % 2 != 0;
  }

  private static int vectors(int values) {
    return (values + LANES - 1) / LANES;
  }

  // ---- weights ----------------------------------------------------------------------------------

  /// The stream of `matrix_2x4_s8.h` and `row_1x4_s8.h`: output channels in fours, kernel rows
  /// rounded up to 16 weights.
  ///
  /// @param factors whether multipliers and shifts of each channel are in it
  private static ConstantTable stream(
      ShortRescaling constants, int rows, int rowWeights, boolean factors) {
    int channels = constants.bias().length;
    byte[] weights = constants.weights();
    WordStream words = new WordStream();
    for (int first = 0; first < channels; first += 4) {
      addFour(words, constants.bias(), first);
      for (int row = 0; row < rows; row++) {
        for (int step = 0; step < rowWeights; step += LANES) {
          for (int channel = first; channel < first + 4; channel++) {
            for (int i = step; i < step + LANES; i += 4) {
              int count = channel < channels ? Math.clamp(rowWeights - i, 0, 4) : 0;
              words.addBytes(weights, (channel * rows + row) * rowWeights + i, count);
            }
          }
        }
      }
      if (factors) {
        addFour(words, constants.multiplier(), first);
        words.add(shifts(constants.right(), first));
      }
    }
    return words.table(weights.length + 4L * channels);
  }

  static void addFour(WordStream words, int[] values, int first) {
    for (int i = first; i < first + 4; i++) {
      words.add(i < values.length ? values[i] : 0);
    }
  }

  /// Four left shifts, each a byte.
  static int shifts(int[] right, int first) {
    int word = 0;
    for (int i = 0; i < 4; i++) {
      int shift = first + i < right.length ? -right[first + i] : -1;
      word |= (shift & 0xff) << 8 * i;
    }
    return word;
  }
}
