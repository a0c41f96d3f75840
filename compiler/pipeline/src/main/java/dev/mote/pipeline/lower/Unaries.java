package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Unary.Kind;
import dev.mote.ir.Quantization.PerTensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.plugin.Compiler;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;

/// Lowers element-wise operators of one input.
///
/// A nonlinear function of int8 becomes a table of 256 bytes.
final class Unaries {

  private Unaries() {}

  static KernelCall unary(Step step, Op.Unary op) {
    TensorType from = step.inputType(0);
    if (from.element() != step.outputType().element()) {
      throw new UnsupportedStepException(step);
    }
    return switch (from.element()) {
      case FLOAT32 -> ofFloats(step, op.kind());
      case INT8 -> ofInt8(step, op.kind());
      case INT16 -> {
        boolean quantized = from.quantization() instanceof PerTensor;
        yield quantized ? ofInt16(step, op.kind()) : ofPlainIntegers(step, op.kind());
      }
      case INT32, INT64 -> ofPlainIntegers(step, op.kind());
      case BOOL -> {
        if (op.kind() != Kind.LOGICAL_NOT) {
          throw new UnsupportedStepException(step);
        }
        yield map(step, "logical_not_b");
      }
      case INT4, UINT8, FLOAT16 -> throw new UnsupportedStepException(step);
    };
  }

  private static KernelCall ofFloats(Step step, Kind kind) {
    return switch (kind) {
      case RELU -> clampFloats(step, 0, Float.POSITIVE_INFINITY);
      case RELU6 -> clampFloats(step, 0, 6);
      case RELU_N1_TO_1 -> clampFloats(step, -1, 1);
      case RELU_0_TO_1 -> clampFloats(step, 0, 1);
      case LOGICAL_NOT -> throw new UnsupportedStepException(step);
      default -> map(step, kind.name().toLowerCase(Locale.ROOT) + "_f32");
    };
  }

  private static KernelCall clampFloats(Step step, float low, float high) {
    return map(step, "clip_f32", new Parameter.Real("low", low), new Parameter.Real("high", high));
  }

  private static KernelCall ofInt8(Step step, Kind kind) {
    PerTensor from = source(step);
    PerTensor to = target(step);
    return switch (kind) {
      case RELU -> rectify(step, 0, Float.POSITIVE_INFINITY);
      case RELU6 -> rectify(step, 0, 6);
      case RELU_N1_TO_1 -> rectify(step, -1, 1);
      case RELU_0_TO_1 -> rectify(step, 0, 1);
      case ELU, EXP, LOG -> lookUp(step, Int8Functions.sampled(kind, from, to));
      case HARD_SWISH -> {
        if (from.scale() / to.scale() >= 128) {
          throw new UnsupportedStepException(
              step, "the input's scale is 128 times the output's or more");
        }
        yield lookUp(step, Int8Functions.hardSwish(from, to));
      }
      case LOGISTIC -> lookUp(step, Int8Functions.logistic(from));
      case TANH -> lookUp(step, Int8Functions.tanh(from));
      case ABS -> lookUp(step, Int8Functions.abs(from, to));
      case RSQRT -> lookUp(step, Int8Functions.rsqrt(from, to));
      case NEG,
          SQUARE,
          SQRT,
          SIN,
          COS,
          FLOOR,
          CEIL,
          ROUND,
          LOGICAL_NOT,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          ASINH,
          ACOSH,
          ATANH,
          ERF,
          SIGN,
          SOFTPLUS ->
          throw new UnsupportedStepException(step);
    };
  }

  private static KernelCall ofInt16(Step step, Kind kind) {
    PerTensor from = source(step);
    PerTensor to = target(step);
    return switch (kind) {
      case RELU -> rectify(step, 0, Float.POSITIVE_INFINITY);
      case RELU6 -> rectify(step, 0, 6);
      case RELU_N1_TO_1 -> rectify(step, -1, 1);
      case RELU_0_TO_1 -> rectify(step, 0, 1);
      case LOGISTIC -> interpolate(step, "logistic_s16", 0);
      case TANH -> interpolate(step, "tanh_s16", 1);
      case ABS -> {
        FixedPoint factor = FixedPoint.of((double) from.scale() / to.scale());
        yield map(step, "abs_s16", rescaling(from, factor, to));
      }
      case RSQRT -> {
        FixedPoint factor = Int8Functions.rsqrtFactor(from, to);
        if (factor.shift() < -11) {
          throw new UnsupportedStepException(
              step, "the output's scale is too large for a reciprocal root");
        }
        yield map(step, "rsqrt_s16", rescaling(from, factor, to));
      }
      case ELU,
          HARD_SWISH,
          EXP,
          LOG,
          NEG,
          SQUARE,
          SQRT,
          SIN,
          COS,
          FLOOR,
          CEIL,
          ROUND,
          LOGICAL_NOT,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          ASINH,
          ACOSH,
          ATANH,
          ERF,
          SIGN,
          SOFTPLUS ->
          throw new UnsupportedStepException(step);
    };
  }

  private static KernelCall ofPlainIntegers(Step step, Kind kind) {
    String kernel =
        switch (kind) {
          case ABS -> "abs_plain_";
          case NEG -> "neg_plain_";
          default -> throw new UnsupportedStepException(step);
        };
    String suffix = Representations.suffix(step.inputType(0).element());
    return map(step, kernel + suffix);
  }

  /// A clamp after a change of quantization; where one is needed, a table when speed is preferred.
  private static KernelCall rectify(Step step, float low, float high) {
    PerTensor from = source(step);
    PerTensor to = target(step);
    FixedPoint factor = FixedPoint.of((double) from.scale() / to.scale());
    long lowest = Math.max(quantize(low, to), step.outputType().element().minValue());
    long highest = step.outputType().element().maxValue();
    if (Float.isFinite(high)) {
      highest = Math.min(highest, quantize(high, to));
    }
    if (step.outputType().element() == ElementType.INT8
        && from.scale() != to.scale()
        && step.optimize() == Compiler.Optimize.SPEED) {
      long floor = lowest;
      long ceiling = highest;
      return lookUp(
          step,
          q -> {
            long scaled = to.zeroPoint() + (long) Fixed.requantize(q - from.zeroPoint(), factor);
            return (int) Math.min(Math.max(scaled, floor), ceiling);
          });
    }
    List<Parameter> parameters = new ArrayList<>(List.of(rescaling(from, factor, to)));
    parameters.add(new Parameter.Int("low", lowest));
    parameters.add(new Parameter.Int("high", highest));
    String suffix = Representations.suffix(step.outputType().element());
    return map(step, "rescale_clamp_" + suffix, parameters.toArray(Parameter[]::new));
  }

  /// The bound's image, rounded half away from zero in `float`.
  private static long quantize(float bound, PerTensor to) {
    float steps = bound / to.scale();
    long magnitude = (long) Math.floor(Math.abs((double) steps) + 0.5);
    return to.zeroPoint() + (steps < 0 ? -magnitude : magnitude);
  }

  /// Positions in a table of the logistic function, 1/(3·4096) apart in real numbers.
  ///
  /// @param largestPower up to which input scales of `2^power / 4096` are multiplied exactly
  private static KernelCall interpolate(Step step, String kernel, int largestPower) {
    float scale = source(step).scale();
    float log = (float) Math.log(scale) * (1 / (float) Math.log(2));
    int power = 12 + Math.round(log);
    int multiplier;
    int shift = 0;
    if (Math.abs(log - Math.round(log)) < 1e-3f && power >= 0 && power <= largestPower) {
      multiplier = 3 << power;
    } else {
      double exact = scale * 4096.0 * 3.0;
      if (exact > Short.MAX_VALUE) {
        throw new UnsupportedStepException(step, "the input's scale is larger than 2.66");
      }
      while (exact <= Short.MAX_VALUE / 2.0 && shift <= 30) {
        exact *= 2;
        shift++;
      }
      multiplier = (int) exact;
    }
    return call(
        step,
        kernel,
        List.of(
            count(step),
            new Parameter.Int("multiplier", multiplier),
            new Parameter.Int("shift", shift)),
        new Argument.Input(0),
        new Argument.Table(SigmoidTable.TABLE),
        new Argument.Output(0));
  }

  /// A table of `function`, which maps int8 to int8.
  static KernelCall lookUp(Step step, IntUnaryOperator function) {
    return call(
        step,
        "lookup_s8",
        List.of(count(step)),
        new Argument.Input(0),
        new Argument.Table(Int8Functions.table(function)),
        new Argument.Output(0));
  }

  /// A kernel that takes a count, further parameters, an input and an output.
  static KernelCall map(Step step, String kernel, Parameter... parameters) {
    List<Parameter> all = new ArrayList<>(List.of(parameters));
    all.addFirst(count(step));
    return call(step, kernel, all, new Argument.Input(0), new Argument.Output(0));
  }

  private static KernelCall call(
      Step step, String kernel, List<Parameter> parameters, Argument... arguments) {
    return KernelCall.of("portable/" + kernel, "mote_" + kernel, parameters, arguments)
        .withOverlaps(new Overlap(0, 0));
  }

  private static Parameter[] rescaling(PerTensor from, FixedPoint factor, PerTensor to) {
    return new Parameter[] {
      new Parameter.Int("input_zero", from.zeroPoint()),
      new Parameter.Int("multiplier", factor.multiplier()),
      new Parameter.Int("shift", factor.shift()),
      new Parameter.Int("output_zero", to.zeroPoint())
    };
  }

  private static Parameter count(Step step) {
    return new Parameter.Int("count", step.outputType().shape().count());
  }

  private static PerTensor source(Step step) {
    return perTensor(step, step.inputType(0));
  }

  private static PerTensor target(Step step) {
    return perTensor(step, step.outputType());
  }

  private static PerTensor perTensor(Step step, TensorType type) {
    if (type.quantization() instanceof PerTensor quantization) {
      return quantization;
    }
    throw new UnsupportedStepException(step, "a tensor has no quantization");
  }
}
