package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int16 convolutions and matrix products with int8 weights to kernels for the DSP extension
/// of Armv7E-M, where sums of products have 32 bits.
final class DspShortLayers {

  /// Output channels at a time.
  private static final int BLOCK = 4;

  private static final Window2d PIXEL = Window2d.valid(1, 1, 1, 1, 1, 1);

  private DspShortLayers() {}

  static Optional<KernelCall> conv2d(Step step, Op.Conv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.CONV);
    if (op.groups() != 1 || !applies(step, layer)) {
      return Optional.empty();
    }
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    return Optional.of(
        call(layer, op.activation(), x, y, op.window())
            .withOverlaps(Convolutions.overlap(step, op.window())));
  }

  static Optional<KernelCall> fullyConnected(Step step, Op.FullyConnected op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), MatrixProducts.FULLY_CONNECTED);
    if (!applies(step, layer)) {
      return Optional.empty();
    }
    int rows = step.outputType().shape().count() / layer.channels();
    Shape x = Shape.of(1, rows, 1, layer.weights().shape().last());
    Shape y = Shape.of(1, rows, 1, layer.channels());
    return Optional.of(
        call(layer, op.activation(), x, y, PIXEL)
            .withOverlaps(WindowOverlap.rows(x, y, PIXEL, Short.BYTES, Short.BYTES)));
  }

  private static boolean applies(Step step, WeightedLayer layer) {
    return step.hasDsp()
        && step.inputType(0).element() == ElementType.INT16
        && step.outputType().element() == ElementType.INT16
        && layer.weights().element() == ElementType.INT8
        && layer.weights().isConstant()
        && layer.weights().quantization().zeroPoint() == 0
        && layer.xZero() == 0
        && step.outputType().quantization().zeroPoint() == 0
        && (!layer.hasBias() || step.input(2).isConstant())
        && fits(layer.weightBytes(), layer.channels());
  }

  /// Whether no sum of products leaves 32 bits.
  private static boolean fits(byte[] weights, int channels) {
    int inner = weights.length / channels;
    for (int channel = 0; channel < channels; channel++) {
      long sum = 0;
      for (int i = 0; i < inner; i++) {
        sum += Math.abs(weights[channel * inner + i]);
      }
      if (sum * -Short.MIN_VALUE > Integer.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  private static KernelCall call(
      WeightedLayer layer, Activation activation, Shape x, Shape y, Window2d w) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("channels", layer.channels()));
    parameters.addAll(DspLayers.windows(x, y, w));
    parameters.add(new Parameter.Int("wide", layer.wide() ? 1 : 0));
    parameters.addAll(layer.factors());
    parameters.addAll(QuantizedRange.of(activation, layer.step().outputType()).parameters());
    int depth = w.kernelHeight() * w.kernelWidth() * x.last();
    boolean direct =
        depth == x.last()
            && x.last() % 4 == 0
            && w.equals(
                Window2d.valid(
                    1,
                    1,
                    w.strideHeight(),
                    w.strideWidth(),
                    w.dilationHeight(),
                    w.dilationWidth()));
    KernelCall call =
        KernelCall.of(
            "armv7em/conv2d_s16",
            "mote_dsp_conv2d_s16",
            parameters,
            new Argument.Input(0),
            new Argument.Table(stream(layer.weightBytes(), layer.channels(), depth)),
            layer.bias16(),
            layer.multipliers(),
            layer.shifts(),
            new Argument.Output(0));
    return direct
        ? call.withArguments(new Argument.Absent())
        : call.withArguments(new Argument.Scratch()).withScratch((depth + 3) / 4 * 8);
  }

  /// For every four weights a word of each of four channels, with the weights in the middle
  /// exchanged.
  private static ConstantTable stream(byte[] weights, int channels, int depth) {
    WordStream words = new WordStream();
    for (int first = 0; first < channels; first += BLOCK) {
      for (int i = 0; i < depth; i += 4) {
        for (int channel = first; channel < first + BLOCK; channel++) {
          byte[] four = new byte[4];
          for (int k = 0; k < 4 && i + k < depth && channel < channels; k++) {
            four[k == 1 || k == 2 ? 3 - k : k] = weights[channel * depth + i + k];
          }
          words.addBytes(four, 0, 4);
        }
      }
    }
    return words.table(weights.length);
  }
}
