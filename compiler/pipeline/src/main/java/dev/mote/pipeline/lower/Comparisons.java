package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// Lowers comparisons, logical connectives and selections.
final class Comparisons {

  private Comparisons() {}

  static KernelCall compare(Step step, Op.Compare op) {
    TensorType x = step.inputType(0);
    // In the order of `enum` in compare.h.
    Parameter kind = new Parameter.Int("kind", op.kind().ordinal());
    boolean small = x.element() == ElementType.INT8 || x.element() == ElementType.INT16;
    if (small && x.quantization().isQuantized()) {
      return scaled(step, kind);
    }
    return Binaries.call(step, "compare_" + suffix(step, x), List.of(kind));
  }

  /// Real values of quantized operands have 8 fractional bits when they are compared.
  private static KernelCall scaled(Step step, Parameter kind) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(kind);
    String[] names = {"x", "y"};
    for (int i = 0; i < 2; i++) {
      TensorType type = step.inputType(i);
      FixedPoint scale = FixedPoint.of(type.quantization().scale());
      parameters.add(new Parameter.Int(names[i] + "_offset", -type.quantization().zeroPoint()));
      parameters.add(new Parameter.Int(names[i] + "_multiplier", scale.multiplier()));
      parameters.add(new Parameter.Int(names[i] + "_shift", scale.shift()));
    }
    String name = "compare_scaled_" + suffix(step, step.inputType(0));
    return Binaries.call(step, name, parameters);
  }

  static KernelCall logical(Step step, Op.Logical op) {
    Parameter conjunction =
        new Parameter.Int("conjunction", op.kind() == Op.Logical.Kind.AND ? 1 : 0);
    return Binaries.call(step, "logical_b", List.of(conjunction));
  }

  static KernelCall select(Step step) {
    BroadcastWalk walk = BroadcastWalk.of(step);
    String name = "select_" + suffix(step, step.outputType());
    return KernelCall.of(
            "portable/" + name,
            "mote_" + name,
            walk.parameters("condition_strides", "x_strides", "y_strides"),
            new Argument.Input(0),
            new Argument.Input(1),
            new Argument.Input(2),
            new Argument.Output(0))
        .withOverlaps(walk.overlaps());
  }

  private static String suffix(Step step, TensorType type) {
    return switch (type.element()) {
      case INT8 -> "s8";
      case BOOL -> "b";
      case INT16 -> "s16";
      case INT32 -> "s32";
      case INT64 -> "s64";
      case FLOAT32 -> "f32";
      case INT4, UINT8, FLOAT16 -> throw new UnsupportedStepException(step);
    };
  }
}
