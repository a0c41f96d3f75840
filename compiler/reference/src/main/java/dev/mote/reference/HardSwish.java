package dev.mote.reference;

import dev.mote.ir.Quantization;
import java.util.function.IntUnaryOperator;

/// `x · relu6(x + 3) / 6` of int8 in 16-bit fixed point.
///
/// Source: TFLite `reference/hard_swish.h`.
final class HardSwish {

  private HardSwish() {}

  /// @throws IllegalArgumentException for an input scale of 128 output scales or more
  static IntUnaryOperator of(
      Invocation call, Quantization.PerTensor from, Quantization.PerTensor to) {
    // Elements are held with 7 more bits. The quotients are taken in float.
    float fineScale = from.scale() / 128;
    Requantization output = Requantization.of(fineScale / to.scale());
    Requantization gate = Requantization.of(fineScale / (3f / 32768));
    if (output.shift() > 0) {
      throw call.unsupported();
    }
    short outputFactor = upperHalf(output.multiplier());
    short gateFactor = upperHalf(gate.multiplier());
    return x -> {
      short fine = (short) ((x - from.zeroPoint()) << 7);
      short scaled = roundingMultiply(fine, outputFactor);

      // (x / 3) in [-1, 1), then (x / 3 + 1) / 2 in [0, 1).
      short third = fine;
      if (gate.shift() > 0) {
        third = shiftUp(third, gate.shift() - 1);
      }
      third = roundingMultiply(third, gateFactor);
      if (gate.shift() > 0) {
        third = shiftUp(third, 1);
      } else if (gate.shift() < 0) {
        third = shiftDown(third, -gate.shift());
      }
      short open = (short) ((third + (1 << 15)) >> 1);

      short product = (short) (open * scaled / (1 << 15));
      return (short) (shiftDown(product, -output.shift()) + to.zeroPoint());
    };
  }

  private static short upperHalf(int multiplier) {
    return multiplier >= Integer.MAX_VALUE - (1 << 15)
        ? Short.MAX_VALUE
        : (short) ((multiplier + (1 << 15)) >> 16);
  }

  /// The high half of `2ab`, rounded to nearest.
  private static short roundingMultiply(short a, short b) {
    int product = a * b;
    int nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
    return (short) Math.min((product + nudge) / (1 << 15), Short.MAX_VALUE);
  }

  private static short shiftUp(short x, int exponent) {
    return (short) Math.clamp((long) x << exponent, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  /// Rounded to nearest, ties away from zero. The mask keeps 16 bits, as in TFLite, which matters
  /// for exponents above 15.
  private static short shiftDown(short x, int exponent) {
    short mask = (short) ((1L << exponent) - 1);
    int threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (short) ((x >> exponent) + ((x & mask) > threshold ? 1 : 0));
  }
}
