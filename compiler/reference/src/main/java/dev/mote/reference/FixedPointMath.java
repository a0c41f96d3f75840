package dev.mote.reference;

/// Elementary functions in 32-bit fixed point. A number in format `Qm` has `m` integer bits besides
/// the sign, so its raw value is the number times `2^(31-m)`; `Q0` cannot express 1 and uses
/// 2^31-1.
///
/// Source: gemmlowp `fixedpoint/fixedpoint.h`, and TFLite `kernels/internal/common.h` for
/// reciprocal, logarithm and inverse square root. Every rounding and saturation is theirs.
final class FixedPointMath {

  private static final int ONE = Integer.MAX_VALUE;

  /// `exp(-2^k)` in Q0 for k = -2 … 4.
  private static final int[] EXP_OF_MINUS_POWERS = {
    1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242
  };

  private FixedPointMath() {}

  /// `exp(a)` in Q0 for `a ≤ 0` in Q`integerBits`, at most 5.
  static int expOfNegative(int a, int integerBits) {
    if (a == 0) {
      return ONE;
    }
    int fractionBits = 31 - integerBits;
    int quarter = 1 << (fractionBits - 2);
    int within = (a & (quarter - 1)) - quarter;
    int result = expWithinQuarter(scaleUp(within, integerBits));
    int remainder = within - a;
    for (int k = -2; k < integerBits; k++) {
      if ((remainder & (1 << (fractionBits + k))) != 0) {
        result = multiply(result, EXP_OF_MINUS_POWERS[k + 2]);
      }
    }
    return result;
  }

  /// `exp(a)` for `a` in [-1/4, 0), both Q0: a Taylor series around -1/8.
  private static int expWithinQuarter(int a) {
    int expOfMinusEighth = 1895147668;
    int third = 715827883;
    int x = a + (1 << 28);
    int x2 = multiply(x, x);
    int x3 = multiply(x2, x);
    int x4 = multiply(x2, x2);
    int quarterX4 = scaleDown(x4, 2);
    int higherTerms = scaleDown(multiply(quarterX4 + x3, third) + x2, 1);
    return expOfMinusEighth + multiply(expOfMinusEighth, x + higherTerms);
  }

  /// `1 / (1 + a)` in Q0 for `a` in [0, 1) in Q0.
  static int oneOverOnePlus(int a) {
    return scaleUp(twiceReciprocal(a), 1);
  }

  /// `(1 - a) / (1 + a)` in Q0 for `a` in [0, 1) in Q0.
  static int oneMinusOverOnePlus(int a) {
    int oneInQ2 = 1 << 29;
    return scaleUp(twiceReciprocal(a) - oneInQ2, 2);
  }

  /// `2 / (1 + a)` in Q2 for `a` in Q0: three Newton-Raphson steps on half the denominator.
  private static int twiceReciprocal(int a) {
    int fortyEightSeventeenths = 1515870810;
    int minusThirtyTwoSeventeenths = -1010580540;
    int oneInQ2 = 1 << 29;
    int halfDenominator = roundingHalfSum(a, ONE);
    int x = fortyEightSeventeenths + multiply(halfDenominator, minusThirtyTwoSeventeenths);
    for (int step = 0; step < 3; step++) {
      int error = oneInQ2 - multiply(halfDenominator, x);
      x += scaleUp(multiply(x, error), 2);
    }
    return x;
  }

  /// `1 / (1 + exp(-a))` in Q0 for `a` in Q4.
  static int logistic(int a) {
    if (a == 0) {
      return 1 << 30;
    }
    int ofMagnitude = oneOverOnePlus(expOfNegative(a > 0 ? -a : a, 4));
    return a > 0 ? ofMagnitude : ONE - ofMagnitude;
  }

  /// `tanh(a)` in Q0 for `a` in Q4.
  static int tanh(int a) {
    if (a == 0) {
      return 0;
    }
    // The raw value of a in Q4 is that of 2a in Q5.
    int ofMagnitude = oneMinusOverOnePlus(expOfNegative(a > 0 ? -a : a, 5));
    return a > 0 ? ofMagnitude : -ofMagnitude;
  }

  /// A reciprocal `mantissa / 2^31 / 2^bitsOverUnit`.
  record Reciprocal(int mantissa, int bitsOverUnit) {

    /// Of `x > 0` in Q`integerBits`.
    static Reciprocal of(int x, int integerBits) {
      int headroom = Integer.numberOfLeadingZeros(x);
      int fraction = (x << headroom) - Integer.MIN_VALUE;
      return new Reciprocal(oneOverOnePlus(fraction), integerBits - headroom);
    }
  }

  /// `1 / sqrt(x)` of an integer: `multiplier / 2^31 * 2^shift`.
  static Requantization inverseSquareRoot(int x) {
    if (x <= 1) {
      return new Requantization(Integer.MAX_VALUE, 0);
    }
    int rightShift = 11;
    int scaled = x;
    while (scaled >= 1 << 29) {
      scaled /= 4;
      rightShift++;
    }
    int pairs = (Integer.numberOfLeadingZeros(scaled) - 1) / 2 - 1;
    rightShift -= pairs;
    scaled <<= 2 * pairs;

    int half = scaleDown(scaled >> 1, 1);
    int threeHalves = (1 << 28) + (1 << 27);
    int root = 1 << 28;
    for (int step = 0; step < 5; step++) {
      int cube = scaleUp(multiply(multiply(root, root), root), 6);
      root = scaleUp(multiply(threeHalves, root) - multiply(half, cube), 3);
    }
    int halfOfSquareRootOfTwo = 1518500250;
    root = multiply(root, halfOfSquareRootOfTwo);
    return rightShift < 0
        ? new Requantization(root << -rightShift, 0)
        : new Requantization(root, -rightShift);
  }

  /// `log(x)` in Q5 for `x ≥ 1` in Q12.
  static int logOfQ12(int x) {
    int integerBits = 12;
    int accumulatorBits = 6;
    int logOfTwo = 1488522236;
    int fourthRootOfHalf = 1805811301;
    int rootOfHalf = 1518500250;
    int quarter = scaleDown(1 << 29, accumulatorBits);

    int headroomA = Integer.numberOfLeadingZeros(x);
    int mantissaA = scaleUp(multiply(scaleUp(x, headroomA - 1), rootOfHalf), 1);
    int exponentA =
        saturate((long) scaleUp(integerBits - headroomA, 31 - accumulatorBits) + quarter);

    int headroomB = Integer.numberOfLeadingZeros(multiply(x, rootOfHalf)) - 1;
    int mantissaB = scaleUp(x, headroomB);
    int exponentB =
        saturate((long) scaleUp(integerBits - headroomB, 31 - accumulatorBits) - quarter);

    int r = Math.min(mantissaA, mantissaB);
    int exponent = Math.max(exponentA, exponentB);

    int p = roundingHalfSum(r, fourthRootOfHalf);
    int q = 2 * (r - fourthRootOfHalf);
    int square = multiply(q, q);
    int numerator = multiply(q, r) + multiply(multiply(q, square), 117049297);
    int denominatorMinusOne =
        multiply(p, 1057819769 + q + multiply(127690142, square)) + multiply(638450708, q);
    int fraction =
        multiply(scaleDown(numerator, accumulatorBits), oneOverOnePlus(denominatorMinusOne));
    return scaleUp(multiply(exponent, logOfTwo) + fraction, 1);
  }

  private static int multiply(int a, int b) {
    return Requantization.doublingHighMultiply(a, b);
  }

  private static int scaleDown(int x, int exponent) {
    return Requantization.roundingShiftRight(x, exponent);
  }

  /// `x · 2^exponent`, saturating.
  private static int scaleUp(int x, int exponent) {
    return saturate((long) x << exponent);
  }

  private static int saturate(long x) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, x));
  }

  /// `(a + b) / 2`, ties away from zero.
  private static int roundingHalfSum(int a, int b) {
    long sum = (long) a + b;
    return (int) ((sum + (sum >= 0 ? 1 : -1)) / 2);
  }
}
