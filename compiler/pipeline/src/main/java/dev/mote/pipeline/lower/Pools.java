package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
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

  /// Whether a DSP kernel for four channels at a time applies.
  private static boolean takesWords(Step step, Op.Pool2d op) {
    Window2d w = op.window();
    Shape x = step.inputType(0).shape();
    boolean applies =
        step.hasDsp()
            && !step.hasMve()
            && x.last() % 4 == 0
            && w.dilationHeight() == 1
            && w.dilationWidth() == 1;
    return switch (op.kind()) {
      case AVERAGE -> applies && w.kernelHeight() * w.kernelWidth() <= 255;
      case MAX ->
          applies
              && QuantizedRange.of(op.activation(), step.outputType()).isWholeInt8()
              && touches(w.padTop(), w.kernelHeight(), w.strideHeight(), step, 1)
              && touches(w.padLeft(), w.kernelWidth(), w.strideWidth(), step, 2);
      case L2 -> false;
    };
  }

  /// Whether every window along a dimension has a tap inside the image.
  private static boolean touches(int pad, int kernel, int stride, Step step, int dimension) {
    int last = (step.outputType().shape().dim(dimension) - 1) * stride - pad;
    return pad < kernel && last < step.inputType(0).shape().dim(dimension);
  }
}
