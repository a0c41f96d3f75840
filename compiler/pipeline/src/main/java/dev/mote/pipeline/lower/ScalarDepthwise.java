package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 depthwise convolutions to `scalar/depthwise_s8.h`: channel by channel, two outputs
/// at once that lie half an image apart.
final class ScalarDepthwise {

  /// About as much scratch memory as is taken; wide images need more.
  private static final int PLANE_BYTES = 1024;

  private static final int LEAST_BAND = 2;

  private ScalarDepthwise() {}

  /// @param folder of the kernels for the instruction set
  static Optional<KernelCall> depthwise(
      Step step, String folder, ScalarLayers.Rescaling rescaling, Op.DepthwiseConv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.DEPTHWISE);
    if (op.multiplier() != 1 || !ScalarLayers.applies(step, layer)) {
      return Optional.empty();
    }
    int taps = op.window().kernelHeight() * op.window().kernelWidth();
    return ShortRescaling.of(layer, rescaling.limit())
        .filter(constants -> fitInPairs(constants, taps))
        .map(constants -> call(step, folder, rescaling.form().digits(), layer, op, constants));
  }

  /// Whether every two neighbouring taps of a channel have products whose sum fits in 16 bits.
  private static boolean fitInPairs(ShortRescaling constants, int taps) {
    int channels = constants.bias().length;
    for (int channel = 0; channel < channels; channel++) {
      byte[] filter = filter(constants, channel, taps);
      for (int tap = 0; tap < taps; tap += 2) {
        if (PairStream.extent(filter, tap, Math.min(tap + 2, taps)) > PairStream.HALF) {
          return false;
        }
      }
    }
    return true;
  }

  private static byte[] filter(ShortRescaling constants, int channel, int taps) {
    byte[] filter = new byte[taps];
    for (int tap = 0; tap < taps; tap++) {
      filter[tap] = constants.weights()[tap * constants.bias().length + channel];
    }
    return filter;
  }

  private static boolean isSequence(Step step, Window2d w) {
    return step.inputType(0).shape().dim(2) == 1
        && step.outputType().shape().dim(2) == 1
        && w.kernelWidth() == 1
        && w.padLeft() == 0;
  }

  private static Shape turned(Shape s) {
    return Shape.of(s.dim(0), s.dim(2), s.dim(1), s.dim(3));
  }

  private static Window2d turned(Window2d w) {
    return new Window2d(
        w.kernelWidth(),
        w.kernelHeight(),
        w.strideWidth(),
        w.strideHeight(),
        w.dilationWidth(),
        w.dilationHeight(),
        w.padLeft(),
        w.padRight(),
        w.padTop(),
        w.padBottom());
  }

  private static KernelCall call(
      Step step,
      String folder,
      int digits,
      WeightedLayer layer,
      Op.DepthwiseConv2d op,
      ShortRescaling constants) {
    // a sequence that runs downwards lies in memory as one that runs sideways
    boolean sideways = isSequence(step, op.window());
    Shape x = sideways ? turned(step.inputType(0).shape()) : step.inputType(0).shape();
    Shape y = sideways ? turned(step.outputType().shape()) : step.outputType().shape();
    Window2d w = sideways ? turned(op.window()) : op.window();
    int spanHeight = (w.kernelHeight() - 1) * w.dilationHeight() + 1;
    int spanWidth = (w.kernelWidth() - 1) * w.dilationWidth() + 1;
    Halves halves = Halves.of(y, w, spanHeight, spanWidth);
    int planeHeight = (halves.band - 1) * w.strideHeight() + spanHeight;
    int planeWidth = (halves.columns - 1) * w.strideWidth() + spanWidth;
    int taps = w.kernelHeight() * w.kernelWidth();
    boolean is3x3 =
        w.kernelHeight() == 3
            && w.kernelWidth() == 3
            && w.dilationWidth() == 1
            && w.dilationHeight() == 1;
    List<Parameter> parameters = new ArrayList<>();
    parameters.addAll(ScalarLayers.geometry(x, y, w));
    parameters.addAll(ScalarLayers.output(step, layer, op.activation()));
    parameters.add(new Parameter.Int("plane_h", planeHeight));
    parameters.add(new Parameter.Int("plane_w", planeWidth));
    parameters.add(new Parameter.Int("rows", halves.rows));
    parameters.add(new Parameter.Int("columns", halves.columns));
    parameters.add(new Parameter.Int("band", halves.band));
    parameters.add(new Parameter.Int("input_zero", layer.xZero()));
    KernelCall call =
        KernelCall.of(
                folder + "depthwise_s8",
                "mote_pairs_depthwise" + (is3x3 ? "_3x3" : "") + "_s8",
                parameters,
                new Argument.Input(0),
                new Argument.Table(stream(constants, taps, digits)),
                new Argument.Output(0),
                new Argument.Scratch())
            .withScratch(4 * planeHeight * planeWidth + (is3x3 ? 0 : 16 * ((taps + 1) / 2)));
    // a band's outputs lie on input rows that were read
    boolean inPlace =
        x.dim(0) == 1
            && (halves.band == halves.rows || (y.dim(2) <= x.dim(2) && spanHeight > w.padTop()));
    return inPlace ? call.withOverlaps(Overlap.inPlace(0)) : call;
  }

  /// What two outputs at once are.
  ///
  /// @param rows of one half
  /// @param columns of one half
  /// @param band rows at a time
  private record Halves(int rows, int columns, int band) {

    /// Upper and lower half where the plane is small; else left and right half, band by band.
    static Halves of(Shape y, Window2d w, int spanHeight, int spanWidth) {
      int height = y.dim(1);
      int width = y.dim(2);
      int halfHeight = (height + 1) / 2;
      int halfWidth = (width + 1) / 2;
      int planeWidth = (width - 1) * w.strideWidth() + spanWidth;
      int planeHeight = (halfHeight - 1) * w.strideHeight() + spanHeight;
      boolean small = 4 * planeWidth * planeHeight <= PLANE_BYTES;
      boolean apart = w.strideHeight() > spanHeight || width == 1;
      if (apart || (small && halfHeight * width <= height * halfWidth)) {
        return new Halves(halfHeight, width, halfHeight);
      }
      int rowBytes = 4 * ((halfWidth - 1) * w.strideWidth() + spanWidth);
      int band = (PLANE_BYTES / rowBytes - spanHeight) / w.strideHeight() + 1;
      return new Halves(height, halfWidth, Math.clamp(band, Math.min(LEAST_BAND, height), height));
    }
  }

  private static ConstantTable stream(ShortRescaling constants, int taps, int digits) {
    int channels = constants.bias().length;
    WordStream words = new WordStream();
    for (int channel = 0; channel < channels; channel++) {
      words.add(constants.bias()[channel]);
      words.add(PairStream.inDigits(constants.multiplier()[channel], digits));
      byte[] bytes = new byte[(taps + 4) & -4];
      bytes[0] = (byte) constants.right()[channel];
      System.arraycopy(filter(constants, channel, taps), 0, bytes, 1, taps);
      for (int at = 0; at < bytes.length; at += 4) {
        words.addBytes(bytes, at, 4);
      }
    }
    return words.table(constants.weights().length + 4L * channels);
  }
}
