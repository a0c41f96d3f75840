package dev.mote.pipeline.lower;

import dev.mote.ir.Op.Unary.Kind;
import dev.mote.ir.Quantization.PerTensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;

/// Functions of one int8 element, as the arithmetic of TensorFlow Lite Micro has them: the contents
/// of look-up tables. Results are not yet limited to int8.
final class Int8Functions {

  private Int8Functions() {}

  /// The function's values for 0 … 127, -128 … -1, limited to int8.
  static ConstantTable table(IntUnaryOperator function) {
    byte[] values = new byte[256];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) Math.clamp((long) function.applyAsInt((byte) i), -128, 127);
    }
    return ConstantTable.ofInt8(values);
  }

  static IntUnaryOperator logistic(PerTensor from) {
    return onQ4(from, x -> Fixed.shiftDown(x.logistic().raw(), 23) - 128);
  }

  static IntUnaryOperator tanh(PerTensor from) {
    return onQ4(from, x -> Fixed.shiftDown(x.tanh().raw(), 24));
  }

  private interface OfFixed {
    int apply(Fixed x);
  }

  /// Elements whose real value is beyond ±15 become the ends of int8.
  private static IntUnaryOperator onQ4(PerTensor from, OfFixed function) {
    double unitsOfQ4 = from.scale() * (double) (1 << 27);
    FixedPoint factor = FixedPoint.of(unitsOfQ4);
    // TFLite rounds the bound down for the power of two above the factor.
    double powerAbove = Math.scalb(1.0, Math.getExponent(unitsOfQ4) + 1);
    int bound = (int) (15.0 * (1 << 27) / powerAbove);
    return q -> {
      int x = q - from.zeroPoint();
      if (x <= -bound) {
        return -128;
      }
      return x >= bound ? 127 : function.apply(new Fixed(Fixed.requantize(x, factor), 4));
    };
  }

  /// ELU, EXP and LOG, in `float`: dequantize, map, divide, round.
  static IntUnaryOperator sampled(Kind kind, PerTensor from, PerTensor to) {
    DoubleUnaryOperator function =
        switch (kind) {
          case ELU -> x -> x < 0 ? (float) Math.exp(x) - 1f : x;
          case EXP -> Math::exp;
          case LOG -> Math::log;
          default -> throw new IllegalArgumentException("no table of " + kind);
        };
    float perUnit = 1 / to.scale();
    return q -> {
      float real = from.scale() * (q - from.zeroPoint());
      if (kind == Kind.LOG && !(real > 0)) {
        return -128;
      }
      float scaled = (float) function.applyAsDouble(real) * perUnit;
      // Limited first, so that rounding by integers is exact.
      float limited = Math.clamp(scaled, -1e6f, 1e6f);
      long rounded = (long) (Math.abs((double) limited) + 0.5);
      return (int) (limited < 0 ? -rounded : rounded) + to.zeroPoint();
    };
  }

  static IntUnaryOperator abs(PerTensor from, PerTensor to) {
    FixedPoint factor = FixedPoint.of((double) from.scale() / to.scale());
    return q -> to.zeroPoint() + Fixed.requantize(Math.abs(q - from.zeroPoint()), factor);
  }

  /// A reciprocal root with 20 extra bits, then the output's scale. Not positive: the largest.
  static IntUnaryOperator rsqrt(PerTensor from, PerTensor to) {
    FixedPoint factor = rsqrtFactor(from, to);
    return q -> {
      int x = q - from.zeroPoint();
      if (x < 1) {
        return 127;
      }
      FixedPoint root = Fixed.inverseRoot(x);
      int scaled = Fixed.requantize(1, new FixedPoint(root.multiplier(), root.shift() + 20));
      return to.zeroPoint()
          + Fixed.requantize(scaled, new FixedPoint(factor.multiplier(), factor.shift() - 20));
    };
  }

  static FixedPoint rsqrtFactor(PerTensor from, PerTensor to) {
    return FixedPoint.of(1.0 / (Math.sqrt(from.scale()) * to.scale()));
  }

  static IntUnaryOperator leakyRelu(PerTensor from, PerTensor to, float alpha) {
    FixedPoint identity = FixedPoint.of(from.scale() / to.scale());
    FixedPoint slope = signed(from.scale() * alpha / to.scale());
    return q -> {
      int x = q - from.zeroPoint();
      return to.zeroPoint() + Fixed.requantize(x, x < 0 ? slope : identity);
    };
  }

  /// A factor that may be negative, as a multiplier that may be.
  static FixedPoint signed(float factor) {
    FixedPoint magnitude = FixedPoint.of(Math.abs(factor));
    return factor < 0 ? new FixedPoint(-magnitude.multiplier(), magnitude.shift()) : magnitude;
  }

  /// `x · relu6(x + 3) / 6` in 16-bit fixed point.
  ///
  /// @throws ArithmeticException when the input's scale is 128 output scales or more
  static IntUnaryOperator hardSwish(PerTensor from, PerTensor to) {
    float fine = from.scale() / 128;
    FixedPoint output = FixedPoint.of(fine / to.scale());
    FixedPoint gate = FixedPoint.of(fine / (3f / 32768));
    if (output.shift() > 0) {
      throw new ArithmeticException("input scale of 128 output scales or more");
    }
    int outputFactor = Math.min((int) ((output.multiplier() + 32768L) >> 16), 32767);
    int gateFactor = Math.min((int) ((gate.multiplier() + 32768L) >> 16), 32767);
    return q -> {
      int x = (q - from.zeroPoint()) * 128;
      // Where 3 is 32768, saturated; the last doubling comes after the rounding.
      int third = limit16((long) x << Math.max(gate.shift() - 1, 0));
      third = roundedProduct16(third, gateFactor);
      third = gate.shift() > 0 ? limit16(2L * third) : shiftDown16(third, -gate.shift());
      int opening = (third + 32768) / 2;
      int result = opening * roundedProduct16(x, outputFactor) / 32768;
      return (short) (shiftDown16(result, -output.shift()) + to.zeroPoint());
    };
  }

  private static int limit16(long x) {
    return Math.clamp(x, -32768, 32767);
  }

  /// The high half of `2ab`, rounded to nearest, as an int16.
  private static int roundedProduct16(int a, int b) {
    return limit16((a * b + (1 << 14)) >> 15);
  }

  /// Ties away from zero. Beyond 15 places TFLite's 16-bit mask is all ones, so that any bit
  /// rounds.
  private static int shiftDown16(int x, int places) {
    if (places > 15) {
      return x < 0 ? -1 : 1;
    }
    return Fixed.shiftDown(x, places);
  }
}
