package dev.mote.pipeline.lower;

/// A positive real factor as TFLite applies it to int32 accumulators: `multiplier / 2^31 *
/// 2^shift`.
///
/// Source: gemmlowp's and TFLite's `QuantizeMultiplier`.
///
/// @param multiplier in [2^30, 2^31), or 0 for a factor too small to matter
/// @param shift power of two; positive is to the left
public record FixedPoint(int multiplier, int shift) {

  /// The nearest representation of `factor`.
  ///
  /// @param factor finite, ≥ 0
  public static FixedPoint of(double factor) {
    if (factor == 0) {
      return new FixedPoint(0, 0);
    }
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("factor must be finite and not negative: " + factor);
    }
    int exponent = Math.getExponent(factor) + 1;
    double mantissa = factor / Math.scalb(1.0, exponent);
    long fixed = Math.round(mantissa * (1L << 31));
    if (fixed == 1L << 31) {
      fixed /= 2;
      exponent++;
    }
    if (exponent < -31) {
      return new FixedPoint(0, 0);
    }
    if (exponent > 30) {
      return new FixedPoint(Integer.MAX_VALUE, 30);
    }
    return new FixedPoint((int) fixed, exponent);
  }

  /// The factor that this stands for.
  double factor() {
    return Math.scalb((double) multiplier, shift - 31);
  }

  /// `value` times the factor in the kernels' arithmetic: shifted left with wrap-around, multiplied
  /// and rounded with ties upwards, then shifted right and rounded with ties away from zero.
  public int times(int value) {
    int shifted = value << Math.max(shift, 0);
    int product = (int) (((long) shifted * multiplier + (1L << 30)) >> 31);
    if (shift >= 0) {
      return product;
    }
    long rounded = (Math.abs((long) product) + (1L << (-shift - 1))) >> -shift;
    return (int) (product < 0 ? -rounded : rounded);
  }
}
