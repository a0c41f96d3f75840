package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;
import java.util.Optional;

/// Lowers one row of a rectified depthwise 3x3 layer, as execution by rows asks for, to a kernel
/// that sets nothing up for a channel.
final class DepthwiseRow {

  /// Wider rows pay for the planes of [DepthwisePlanes].
  private static final int WIDEST = 20;

  private DepthwiseRow() {}

  static Optional<KernelCall> of(
      Step step, Op.DepthwiseConv2d op, ShortRescaling constants, QuantizedRange range) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    Window2d w = op.window();
    boolean applies =
        x.dim(0) == 1
            && x.dim(1) == 3
            && y.dim(1) == 1
            && w.kernelHeight() == 3
            && w.kernelWidth() == 3
            && w.dilationHeight() == 1
            && w.dilationWidth() == 1
            && w.padTop() == 0
            && w.padLeft() <= 2
            && w.strideWidth() == 1
            && y.dim(2) <= WIDEST
            && op.multiplier() == 1
            && x.last() % 4 == 0
            && step.outputType().quantization().zeroPoint() == Byte.MIN_VALUE
            && range.isWholeInt8();
    if (!applies) {
      return Optional.empty();
    }
    int columns = (y.dim(2) + 1) / 2 * 2 + 2;
    return Optional.of(
        KernelCall.of(
                "armv7em/depthwise_row_s8",
                "mote_dsp_depthwise_row_s8",
                List.of(
                    new Parameter.Int("in_columns", x.dim(2)),
                    new Parameter.Int("channels", x.last()),
                    new Parameter.Int("out_columns", y.dim(2)),
                    new Parameter.Int("pad_left", w.padLeft()),
                    new Parameter.Int("input_zero", step.inputType(0).quantization().zeroPoint())),
                new Argument.Input(0),
                new Argument.Table(stream(constants)),
                new Argument.Output(0),
                new Argument.Scratch())
            .withScratch(12 * columns)
            .withOverlaps(Overlap.inPlace(0)));
  }

  /// The stream of `depthwise_row_s8.c`.
  private static ConstantTable stream(ShortRescaling constants) {
    int channels = constants.bias().length;
    byte[] weights = constants.weights();
    int[][] taps = {{0, 3}, {1, 4}, {2, 5}, {6, 7}, {7, 8}};
    WordStream words = new WordStream();
    for (int channel = 0; channel < channels; channel += 2) {
      for (int[] pair : taps) {
        byte[] word = new byte[4];
        for (int i = 0; i < 4; i++) {
          word[i] = weights[pair[i / 2] * channels + channel + i % 2];
        }
        words.addBytes(word, 0, 4);
      }
      words.add(constants.bias()[channel]);
      words.add(constants.bias()[channel + 1]);
      words.add(constants.multiplier()[channel] << 1);
      words.add(constants.multiplier()[channel + 1] << 1);
      words.add(constants.right()[channel] | constants.right()[channel + 1] << 8);
    }
    return words.table(weights.length + 4L * channels);
  }
}
