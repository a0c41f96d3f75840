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

/// Lowers int8 depthwise convolutions to kernels for the DSP extension of Armv7E-M.
final class DspDepthwise {

  private DspDepthwise() {}

  static Optional<KernelCall> depthwise(Step step, Op.DepthwiseConv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.DEPTHWISE);
    Window2d w = op.window();
    boolean fits =
        w.kernelHeight() == 3
            && w.kernelWidth() == 3
            && w.dilationHeight() == 1
            && w.dilationWidth() == 1
            && w.strideHeight() == w.strideWidth()
            && w.strideHeight() <= 2
            && op.multiplier() == 1;
    return fits
        ? DspLayers.constants(step, layer)
            .map(constants -> depthwise3x3(step, layer, constants, op))
        : Optional.empty();
  }

  private static KernelCall depthwise3x3(
      Step step, WeightedLayer layer, ShortRescaling constants, Op.DepthwiseConv2d op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    Window2d w = op.window();
    int planeHeight = (y.dim(1) - 1) * w.strideHeight() + 3;
    int planeWidth = ((y.dim(2) - 1) * w.strideWidth() + 5) / 2 * 2;
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, op.activation()));
    parameters.addAll(
        List.of(
            new Parameter.Int("batches", x.dim(0)),
            new Parameter.Int("in_h", x.dim(1)),
            new Parameter.Int("in_w", x.dim(2)),
            new Parameter.Int("out_h", y.dim(1)),
            new Parameter.Int("out_w", y.dim(2)),
            new Parameter.Int("pad_top", w.padTop()),
            new Parameter.Int("pad_left", w.padLeft()),
            new Parameter.Int("plane_h", planeHeight),
            new Parameter.Int("plane_w", planeWidth),
            new Parameter.Int("input_zero", layer.xZero())));
    KernelCall call =
        KernelCall.of(
                "armv7em/depthwise_3x3_s8",
                "mote_dsp_depthwise_3x3"
                    + (w.strideHeight() == 2 ? "_stride_2" : "")
                    + DspLayers.clamp(step, op.activation())
                    + "_s8",
                parameters,
                new Argument.Input(0),
                new Argument.Table(depthwiseStream(constants)),
                new Argument.Output(0),
                new Argument.Scratch())
            .withScratch(2 * planeHeight * planeWidth);
    return x.dim(0) == 1 ? call.withOverlaps(Overlap.inPlace(0)) : call;
  }

  /// The stream of `depthwise_3x3_s8.c`.
  private static ConstantTable depthwiseStream(ShortRescaling constants) {
    int channels = constants.bias().length;
    int[] bias = constants.bias();
    byte[] weights = constants.weights();
    WordStream words = new WordStream();
    for (int channel = 0; channel < channels; channel++) {
      words.add(bias[channel]);
      words.add(constants.multiplier()[channel]);
      for (int row = 0; row < 3; row++) {
        byte[] tap = new byte[4];
        tap[0] = weights[(3 * row) * channels + channel];
        tap[1] = (byte) (row == 0 ? constants.right()[channel] : 0);
        tap[2] = weights[(3 * row + 1) * channels + channel];
        tap[3] = weights[(3 * row + 2) * channels + channel];
        words.addBytes(tap, 0, 4);
      }
    }
    return words.table(weights.length + 4L * channels);
  }
}
