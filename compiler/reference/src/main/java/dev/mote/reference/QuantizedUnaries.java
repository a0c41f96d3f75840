package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op.Unary.Kind;
import dev.mote.ir.Quantization;
import java.util.function.IntUnaryOperator;

/// Element-wise operators of one quantized input, int8 or int16, each with the arithmetic that
/// TensorFlow Lite Micro has for it.
final class QuantizedUnaries {

  private QuantizedUnaries() {}

  static void unary(Invocation call, Kind kind) {
    IntUnaryOperator function = function(call, kind);
    long low = call.output().element().minValue();
    long high = call.output().element().maxValue();
    for (int i = 0; i < call.output().count(); i++) {
      long result = function.applyAsInt(call.input(0).int32(i));
      call.output().set(i, Math.clamp(result, low, high));
    }
  }

  /// What maps an element to an element, not yet limited to the output's type.
  private static IntUnaryOperator function(Invocation call, Kind kind) {
    Quantization.PerTensor from = call.inputType(0).quantization().perTensor();
    Quantization.PerTensor to = call.outputType().quantization().perTensor();
    boolean int8 = call.output().element() == ElementType.INT8;
    return switch (kind) {
      case RELU -> clamp(from, to, 0, Float.POSITIVE_INFINITY);
      case RELU6 -> clamp(from, to, 0, 6);
      case RELU_N1_TO_1 -> clamp(from, to, -1, 1);
      case RELU_0_TO_1 -> clamp(from, to, 0, 1);
      case ABS -> magnitude(from, to);
      case RSQRT -> inverseSquareRoot(from, to, (int) call.output().element().maxValue());
      case LOGISTIC -> int8 ? Sigmoid.logisticOfInt8(from) : Sigmoid.logisticOfInt16(from);
      case TANH -> int8 ? Sigmoid.tanhOfInt8(from) : Sigmoid.tanhOfInt16(from);
      case HARD_SWISH, ELU, EXP, LOG -> {
        if (!int8) {
          throw call.unsupported();
        }
        yield kind == Kind.HARD_SWISH ? HardSwish.of(call, from, to) : sampled(kind, from, to);
      }
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
          throw call.unsupported();
    };
  }

  /// Requantized and limited to the images of `low` and `high`.
  private static IntUnaryOperator clamp(
      Quantization.PerTensor from, Quantization.PerTensor to, float low, float high) {
    Requantization factor = Requantization.of((double) from.scale() / to.scale());
    int smallest = to.zeroPoint() + (int) Rounding.halfAway(low / to.scale());
    // Infinity becomes the largest integer, to which no zero point is added.
    int largest =
        Float.isInfinite(high)
            ? Integer.MAX_VALUE
            : to.zeroPoint() + (int) Rounding.halfAway(high / to.scale());
    return x -> {
      int scaled = to.zeroPoint() + factor.apply(x - from.zeroPoint());
      return Math.min(Math.max(scaled, smallest), largest);
    };
  }

  private static IntUnaryOperator magnitude(
      Quantization.PerTensor from, Quantization.PerTensor to) {
    Requantization factor = Requantization.of((double) from.scale() / to.scale());
    return x -> factor.apply(Math.abs(x - from.zeroPoint())) + to.zeroPoint();
  }

  /// Zero and, where TensorFlow Lite Micro stops, negative numbers yield the largest value.
  private static IntUnaryOperator inverseSquareRoot(
      Quantization.PerTensor from, Quantization.PerTensor to, int largest) {
    Requantization factor = Requantization.of(1 / (Math.sqrt((double) from.scale()) * to.scale()));
    int extraBits = 20;
    return x -> {
      int value = x - from.zeroPoint();
      if (value <= 0) {
        return largest;
      }
      Requantization root = FixedPointMath.inverseSquareRoot(value);
      int scaled = new Requantization(root.multiplier(), root.shift() + extraBits).apply(1);
      return new Requantization(factor.multiplier(), factor.shift() - extraBits).apply(scaled)
          + to.zeroPoint();
    };
  }

  /// Computed in `float`: dequantized, mapped, multiplied with the inverse of the output's scale.
  private static IntUnaryOperator sampled(
      Kind kind, Quantization.PerTensor from, Quantization.PerTensor to) {
    float inverseScale = 1 / to.scale();
    return x -> {
      float real = from.scale() * (x - from.zeroPoint());
      if (kind == Kind.LOG && real <= 0) {
        return Integer.MIN_VALUE;
      }
      // TensorFlow Lite Micro's table of ELU has exp(x) - 1 where its kernel for floats has expm1.
      float mapped =
          kind == Kind.ELU && real < 0 ? (float) Math.exp(real) - 1 : Unaries.real(kind, real);
      return (int) (Rounding.halfAway(mapped * inverseScale) + to.zeroPoint());
    };
  }
}
