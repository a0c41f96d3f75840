package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;

/// Lowers pooling.
final class Pools {

  private Pools() {}

  static KernelCall pool2d(Step step, Op.Pool2d op) {
    ElementType element = step.inputType(0).element();
    String kind =
        switch (op.kind()) {
          case AVERAGE -> "average";
          case MAX -> "max";
          case L2 -> "l2";
        };
    String types =
        switch (element) {
          case INT8 -> "s8";
          case INT16 -> "s16";
          case FLOAT32 -> "f32";
          case INT4, UINT8, INT32, INT64, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
        };
    if (op.kind() == Op.Pool2d.Kind.L2 && !element.isFloat()) {
      throw new UnsupportedStepException(step);
    }
    List<Parameter> parameters = Convolutions.geometry(step, op.window());
    parameters.addAll(
        element.isFloat()
            ? FloatRange.parameters(op.activation())
            : QuantizedRange.of(op.activation(), step.outputType()).parameters());
    String name = kind + "_pool2d_" + types;
    boolean dsp = element == ElementType.INT8 && takesWords(step, op);
    return KernelCall.of(
            (dsp ? "armv7em/" : "portable/") + name,
            (dsp ? "mote_dsp_" : "mote_") + name,
            parameters,
            new Argument.Input(0),
            new Argument.Output(0))
        .withOverlaps(Convolutions.overlap(step, op.window()));
  }

  /// Whether the DSP kernel that averages four channels in 16-bit sums applies.
  private static boolean takesWords(Step step, Op.Pool2d op) {
    Window2d w = op.window();
    return op.kind() == Op.Pool2d.Kind.AVERAGE
        && step.hasDsp()
        && step.inputType(0).shape().last() % 4 == 0
        && w.dilationHeight() == 1
        && w.dilationWidth() == 1
        && w.kernelHeight() * w.kernelWidth() <= 255;
  }
}
