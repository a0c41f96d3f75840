package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;
import java.util.Set;

/// Lowers changes of a tensor's representation.
final class Representations {

  private static final Set<String> QUANTIZED_PAIRS =
      Set.of(
          "s8_s8", "s8_u8", "s8_s16", "s8_s32", "u8_s8", "s16_s8", "s16_s16", "s16_s32", "s32_s8",
          "s32_s16");

  private static final Set<ElementType> INTEGERS =
      Set.of(ElementType.INT8, ElementType.UINT8, ElementType.INT16, ElementType.INT32);

  /// In the order of the kernel's constants.
  private static final List<ElementType> CASTABLE =
      List.of(
          ElementType.INT8,
          ElementType.UINT8,
          ElementType.BOOL,
          ElementType.INT16,
          ElementType.INT32,
          ElementType.INT64,
          ElementType.FLOAT32);

  private Representations() {}

  static KernelCall quantize(Step step) {
    TensorType from = step.inputType(0);
    TensorType to = step.outputType();
    if (!(to.quantization() instanceof Quantization.PerTensor target)) {
      throw new UnsupportedStepException(step);
    }
    if (from.element() == ElementType.FLOAT32 && INTEGERS.contains(to.element())) {
      return call(step, "quantize_f32_" + suffix(to.element()), affine(step, target));
    }
    String pair = suffix(from.element()) + "_" + suffix(to.element());
    if (from.quantization() instanceof Quantization.PerTensor source
        && QUANTIZED_PAIRS.contains(pair)) {
      FixedPoint factor = FixedPoint.of((double) source.scale() / target.scale());
      return call(
          step,
          "requantize_" + pair,
          List.of(
              count(step),
              new Parameter.Int("input_zero", source.zeroPoint()),
              new Parameter.Int("multiplier", factor.multiplier()),
              new Parameter.Int("shift", factor.shift()),
              new Parameter.Int("output_zero", target.zeroPoint())));
    }
    throw new UnsupportedStepException(step);
  }

  static KernelCall dequantize(Step step) {
    TensorType from = step.inputType(0);
    if (step.outputType().element() == ElementType.FLOAT32) {
      if (from.element() == ElementType.FLOAT16) {
        return call(step, "dequantize_f16_f32", List.of(count(step)));
      }
      if (from.quantization() instanceof Quantization.PerTensor source
          && INTEGERS.contains(from.element())) {
        return call(step, "dequantize_" + suffix(from.element()) + "_f32", affine(step, source));
      }
    }
    throw new UnsupportedStepException(step);
  }

  static KernelCall cast(Step step) {
    int from = CASTABLE.indexOf(step.inputType(0).element());
    int to = CASTABLE.indexOf(step.outputType().element());
    if (from < 0 || to < 0) {
      throw new UnsupportedStepException(step);
    }
    return call(
        step,
        "cast_any",
        List.of(count(step), new Parameter.Int("from", from), new Parameter.Int("to", to)));
  }

  /// The output may overwrite the input where both have one C type, or it has `char`'s size: other
  /// pairs of pointers a C compiler may assume to be distinct.
  private static KernelCall call(Step step, String kernel, List<Parameter> parameters) {
    ElementType from = step.inputType(0).element();
    ElementType to = step.outputType().element();
    KernelCall call =
        KernelCall.of(
            "portable/" + kernel,
            "mote_" + kernel,
            parameters,
            new Argument.Input(0),
            new Argument.Output(0));
    return from == to || to.bits() == 8 ? call.withOverlaps(new Overlap(0, 0)) : call;
  }

  private static List<Parameter> affine(Step step, Quantization.PerTensor quantization) {
    return List.of(
        count(step),
        new Parameter.Real("scale", quantization.scale()),
        new Parameter.Int("zero_point", quantization.zeroPoint()));
  }

  private static Parameter count(Step step) {
    return new Parameter.Int("count", step.outputType().shape().count());
  }

  /// How names of kernels spell an element type.
  static String suffix(ElementType type) {
    return switch (type) {
      case INT4 -> "s4";
      case INT8 -> "s8";
      case UINT8 -> "u8";
      case INT16 -> "s16";
      case INT32 -> "s32";
      case INT64 -> "s64";
      case BOOL -> "b";
      case FLOAT16 -> "f16";
      case FLOAT32 -> "f32";
    };
  }
}
