package dev.mote.reference;

import dev.mote.ir.Quantization;
import java.util.function.IntUnaryOperator;

/// Logistic function and hyperbolic tangent of quantized numbers.
///
/// int8: gemmlowp's fixed point, input in Q4; the output's quantization is fixed (logistic 1/256
/// and -128, tanh 1/128 and 0). int16: see [SigmoidTable]; the output's scale is 1/32768.
///
/// Source: TFLite `reference/integer_ops/logistic.h` and `tanh.h`.
final class Sigmoid {

  private static final int INPUT_BITS = 4;

  private Sigmoid() {}

  static IntUnaryOperator logisticOfInt8(Quantization.PerTensor from) {
    return inFixedPoint(
        from, q4 -> Requantization.roundingShiftRight(FixedPointMath.logistic(q4), 23) - 128);
  }

  static IntUnaryOperator tanhOfInt8(Quantization.PerTensor from) {
    return inFixedPoint(from, q4 -> Requantization.roundingShiftRight(FixedPointMath.tanh(q4), 24));
  }

  /// Saturates to the ends of int8 where Q4 cannot hold the number.
  private static IntUnaryOperator inFixedPoint(
      Quantization.PerTensor from, IntUnaryOperator function) {
    double factor = Math.scalb((double) from.scale(), 31 - INPUT_BITS);
    Requantization toQ4 = Requantization.of(factor);
    int exponent = Math.getExponent(factor) + 1;
    int radius = (int) Math.floor(Math.scalb(15.0, 31 - INPUT_BITS - exponent));
    return x -> {
      int difference = x - from.zeroPoint();
      if (difference <= -radius) {
        return Byte.MIN_VALUE;
      }
      return difference >= radius ? Byte.MAX_VALUE : function.applyAsInt(toQ4.apply(difference));
    };
  }

  static IntUnaryOperator logisticOfInt16(Quantization.PerTensor from) {
    TableScale scale = TableScale.of(from.scale(), 0);
    return x -> SigmoidTable.sigmoid(scale.apply(x));
  }

  static IntUnaryOperator tanhOfInt16(Quantization.PerTensor from) {
    TableScale scale = TableScale.of(from.scale(), 1);
    return x -> SigmoidTable.tanh(scale.apply(x));
  }

  /// Positions in the table, 1/(3·4096) apart: `(x · multiplier + half) >> shift`.
  private record TableScale(int multiplier, int shift) {

    /// @param largestPower up to which a scale of `2^power / 4096` is multiplied exactly
    static TableScale of(float scale, int largestPower) {
      // In float and with its tolerance, as TFLite's CheckedLog2.
      float log = (float) Math.log(scale) * (1 / (float) Math.log(2));
      float rounded = Rounding.halfAway(log);
      int power = 12 + (int) rounded;
      if (Math.abs(log - rounded) < 1e-3f && power >= 0 && power <= largestPower) {
        return new TableScale(3 << power, 0);
      }
      double multiplier = (double) scale * 4096 * 3;
      int shift = 0;
      while (multiplier <= 32767.0 / 2 && shift <= 30) {
        shift++;
        multiplier *= 2;
      }
      return new TableScale((int) multiplier, shift);
    }

    int apply(int x) {
      int half = shift > 0 ? 1 << (shift - 1) : 0;
      return (x * multiplier + half) >> shift;
    }
  }
}
