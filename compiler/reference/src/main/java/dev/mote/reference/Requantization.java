package dev.mote.reference;

/// A non-negative real factor as TFLite applies it to integer accumulators: `multiplier / 2^31 *
/// 2^shift`.
///
/// Source: TFLite's `QuantizeMultiplier` and `MultiplyByQuantizedMultiplier` in their
/// double-rounding form, which is what TensorFlow Lite Micro runs, and gemmlowp's fixed-point
/// primitives.
///
/// @param multiplier in [2^30, 2^31), or 0
/// @param shift power of two, at most 30; positive is to the left
record Requantization(int multiplier, int shift) {

  /// The nearest representation of `factor`, which is finite and ≥ 0; 0 below 2^-32.
  static Requantization of(double factor) {
    if (factor == 0) {
      return new Requantization(0, 0);
    }
    int shift = Math.getExponent(factor) + 1;
    long fixed = Math.round(Math.scalb(factor, 31 - shift));
    if (fixed == 1L << 31) {
      fixed >>= 1;
      shift++;
    }
    if (shift < -31) {
      return new Requantization(0, 0);
    }
    return shift > 30
        ? new Requantization(Integer.MAX_VALUE, 30)
        : new Requantization((int) fixed, shift);
  }

  /// `value` times the factor: shifted left with wrap-around, multiplied and rounded, then shifted
  /// right and rounded again.
  int apply(int value) {
    int scaled = value << Math.max(shift, 0);
    return roundingShiftRight(doublingHighMultiply(scaled, multiplier), Math.max(-shift, 0));
  }

  /// A 64-bit `value` times the factor, the multiplier cut to 15 bits and one rounding, ties
  /// upwards. `|value| < 2^47`.
  int applyWide(long value) {
    int reduced = multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
    int total = 15 - shift;
    return (int) ((value * reduced + (1L << (total - 1))) >> total);
  }

  /// The high 32 bits of `2·a·b`, rounded to nearest, ties upwards; `MIN·MIN` saturates.
  static int doublingHighMultiply(int a, int b) {
    if (a == Integer.MIN_VALUE && b == Integer.MIN_VALUE) {
      return Integer.MAX_VALUE;
    }
    long product = (long) a * b;
    long nudge = product >= 0 ? 1L << 30 : 1 - (1L << 30);
    return (int) ((product + nudge) / (1L << 31));
  }

  /// `value / 2^exponent`, rounded to nearest, ties away from zero; `exponent` is 0 to 31.
  static int roundingShiftRight(int value, int exponent) {
    long divisor = 1L << exponent;
    long half = divisor / 2;
    return (int) (value >= 0 ? (value + half) / divisor : (value - half) / divisor);
  }
}
