package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the lowerings to kernels for the DSP extension of Armv7E-M have in common: constant int8
/// weights, right shifts of 1 to 31, sums below 2^30 in magnitude.
final class DspLayers {

  private DspLayers() {}

  /// The constants for the kernels; empty where these do not apply.
  static Optional<ShortRescaling> constants(Step step, WeightedLayer layer) {
    return applies(step, layer) ? ShortRescaling.of(layer) : Optional.empty();
  }

  /// The constants for kernels that know left shifts.
  static Optional<ShortRescaling> anyConstants(Step step, WeightedLayer layer) {
    return applies(step, layer) ? ShortRescaling.ofAnyShift(layer) : Optional.empty();
  }

  private static boolean applies(Step step, WeightedLayer layer) {
    return step.hasDsp()
        && step.inputType(0).element() == ElementType.INT8
        && step.outputType().element() == ElementType.INT8
        && (layer.weights().element() == ElementType.INT8
            || layer.weights().element() == ElementType.INT4)
        && layer.folded();
  }

  /// Most layers clamp to the range of int8, which their kernels do for nothing.
  static String clamp(Step step, Activation activation) {
    return QuantizedRange.of(activation, step.outputType()).isWholeInt8() ? "" : "_clamp";
  }

  static List<Parameter> output(Step step, WeightedLayer layer, Activation activation) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("channels", layer.channels()));
    parameters.add(new Parameter.Int("zero", step.outputType().quantization().zeroPoint()));
    parameters.addAll(QuantizedRange.of(activation, step.outputType()).parameters());
    return parameters;
  }

  /// Shapes and window, as the kernels call them.
  static List<Parameter> windows(Shape x, Shape y, Window2d w) {
    return List.of(
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
        new Parameter.Int("pad_left", w.padLeft()));
  }
}
