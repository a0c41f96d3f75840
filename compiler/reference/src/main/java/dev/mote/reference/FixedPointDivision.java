package dev.mote.reference;

/// Division of quantized integers by a Newton-Raphson reciprocal.
///
/// Source: TFLite's `DivElementwise` and gemmlowp's `one_over_one_plus_x_for_x_in_0_1`.
final class FixedPointDivision {

  private FixedPointDivision() {}

  /// `dividend / divisor` times `factor`; 0 where the divisor is 0.
  static int divide(int dividend, int divisor, Requantization factor) {
    if (divisor == 0) {
      return 0;
    }
    int x = divisor < 0 ? -dividend : dividend;
    int y = Math.abs(divisor);
    int leadingZeros = Integer.numberOfLeadingZeros(y);
    int reciprocal = oneOverOnePlus((y << leadingZeros) - (1 << 31));
    int headroom = x == 0 ? 31 : Integer.numberOfLeadingZeros(x < 0 ? ~x : x) - 1;
    int quotient = Requantization.doublingHighMultiply(x << headroom, reciprocal);
    int rightShift = headroom + (31 - leadingZeros) - factor.shift();
    int scaled = Requantization.doublingHighMultiply(quotient, factor.multiplier());
    if (rightShift > 31) {
      // What TFLite's code comes to with the shifter of an Arm core; C leaves it undefined.
      return scaled < 0 ? -1 : 1;
    }
    return rightShift >= 0
        ? Requantization.roundingShiftRight(scaled, rightShift)
        : Math.clamp((long) scaled << Math.min(-rightShift, 31), -(1 << 30), 1 << 30);
  }

  /// `1 / (1 + a)` for a in [0, 1); both with 31 fractional bits.
  private static int oneOverOnePlus(int a) {
    int halfDenominator = (int) (((long) a + Integer.MAX_VALUE + 1) / 2);
    // 48/17 and -32/17 with 29 fractional bits.
    int x = 1515870810 + Requantization.doublingHighMultiply(halfDenominator, -1010580540);
    for (int i = 0; i < 3; i++) {
      int rest = (1 << 29) - Requantization.doublingHighMultiply(halfDenominator, x);
      x += saturatingShiftLeft(Requantization.doublingHighMultiply(x, rest), 2);
    }
    return saturatingShiftLeft(x, 1);
  }

  private static int saturatingShiftLeft(int value, int exponent) {
    return Math.clamp((long) value << exponent, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
