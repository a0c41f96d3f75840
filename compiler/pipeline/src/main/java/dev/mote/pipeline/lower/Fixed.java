package dev.mote.pipeline.lower;

/// A number in 32-bit fixed point, with gemmlowp's rounding and saturation: what look-up tables of
/// nonlinear functions are computed with.
///
/// Source: gemmlowp `fixedpoint/fixedpoint.h`.
///
/// @param raw the number times `2^(31 - integerBits)`
/// @param integerBits bits before the binary point, the sign not counted
record Fixed(int raw, int integerBits) {

  /// The largest number below 1 without integer bits; exactly 1 otherwise.
  static Fixed one(int integerBits) {
    return new Fixed(integerBits == 0 ? Integer.MAX_VALUE : 1 << (31 - integerBits), integerBits);
  }

  /// The nearest number to `real`.
  static Fixed of(double real, int integerBits) {
    return new Fixed((int) Math.rint(Math.scalb(real, 31 - integerBits)), integerBits);
  }

  /// The product, whose integer bits are those of both factors together.
  Fixed times(Fixed other) {
    return new Fixed(highProduct(raw, other.raw), integerBits + other.integerBits);
  }

  Fixed plus(Fixed other) {
    return new Fixed(raw + sameFormat(other).raw, integerBits);
  }

  Fixed minus(Fixed other) {
    return new Fixed(raw - sameFormat(other).raw, integerBits);
  }

  Fixed negated() {
    return new Fixed(-raw, integerBits);
  }

  private Fixed sameFormat(Fixed other) {
    if (integerBits != other.integerBits) {
      throw new IllegalArgumentException("formats differ: " + this + ", " + other);
    }
    return other;
  }

  /// The same number with other integer bits: rounded when they are more, saturated when fewer.
  Fixed rescale(int newIntegerBits) {
    int exponent = integerBits - newIntegerBits;
    return new Fixed(
        exponent >= 0 ? shiftUp(raw, exponent) : shiftDown(raw, -exponent), newIntegerBits);
  }

  /// This number times a power of two, exactly, by moving the binary point.
  Fixed scaled(int exponent) {
    return new Fixed(raw, integerBits + exponent);
  }

  /// This number divided by a power of two in the same format, rounded.
  Fixed halved(int times) {
    return new Fixed(shiftDown(raw, times), integerBits);
  }

  /// `e` to this number, which is not positive, without integer bits.
  Fixed exp() {
    if (raw == 0) {
      return one(0);
    }
    int quarter = 1 << (31 - integerBits - 2);
    Fixed belowQuarter = new Fixed(Math.floorMod(raw, quarter) - quarter, integerBits);
    Fixed result = belowQuarter.rescale(0).expNearMinusEighth();
    int quarters = (belowQuarter.raw - raw) / quarter;
    for (int bit = 0; quarters >> bit != 0; bit++) {
      if ((quarters >> bit & 1) != 0) {
        result = result.times(of(Math.exp(-Math.scalb(0.25, bit)), 0));
      }
    }
    return result;
  }

  private Fixed expNearMinusEighth() {
    Fixed x = plus(of(0.125, 0));
    Fixed square = x.times(x);
    Fixed cube = square.times(x);
    Fixed fourth = square.times(square);
    Fixed tail = fourth.halved(2).plus(cube).times(of(1.0 / 3, 0)).plus(square).halved(1);
    Fixed base = of(Math.exp(-0.125), 0);
    return base.plus(base.times(x.plus(tail)));
  }

  /// `1 / (1 + a)` of this `a` in [0, 1).
  Fixed reciprocalOfOnePlus() {
    return halfDenominatorReciprocal().scaled(-1).rescale(0);
  }

  /// `(1 - a) / (1 + a)` of this `a` in [0, 1).
  Fixed oneMinusOverOnePlus() {
    return halfDenominatorReciprocal().minus(one(2)).rescale(0);
  }

  private Fixed halfDenominatorReciprocal() {
    // The sum of two non-negative numbers, halved with ties upwards.
    Fixed half = new Fixed((int) (((long) raw + Integer.MAX_VALUE + 1) / 2), 0);
    Fixed x = of(48.0 / 17, 2).plus(half.times(of(-32.0 / 17, 2)));
    for (int step = 0; step < 3; step++) {
      x = x.plus(x.times(one(2).minus(half.times(x))).rescale(2));
    }
    return x;
  }

  /// `1 / (1 + exp(-x))`.
  Fixed logistic() {
    if (raw == 0) {
      return of(0.5, 0);
    }
    Fixed magnitude = raw > 0 ? this : negated();
    Fixed result = magnitude.negated().exp().reciprocalOfOnePlus();
    return raw > 0 ? result : one(0).minus(result);
  }

  Fixed tanh() {
    if (raw == 0) {
      return new Fixed(0, 0);
    }
    Fixed magnitude = raw > 0 ? this : negated();
    Fixed result = magnitude.negated().scaled(1).exp().oneMinusOverOnePlus();
    return raw > 0 ? result : result.negated();
  }

  /// `1 / sqrt(x)` of an integer `x ≥ 1`.
  ///
  /// Source: TFLite, `GetInvSqrtQuantizedMultiplierExp`.
  static FixedPoint inverseRoot(int x) {
    if (x == 1) {
      return new FixedPoint(Integer.MAX_VALUE, 0);
    }
    // x is 4^exponent times a mantissa with its highest bit at place 27 or 28.
    int exponent = 0;
    int mantissa = x;
    for (; mantissa >= 1 << 29; mantissa /= 4) {
      exponent++;
    }
    for (; mantissa < 1 << 27; mantissa *= 4) {
      exponent--;
    }
    Fixed half = new Fixed(mantissa >> 1, 3).halved(1);
    Fixed root = one(3);
    for (int step = 0; step < 5; step++) {
      Fixed cube = root.times(root).times(root).rescale(3);
      root = of(1.5, 3).times(root).minus(half.times(cube)).rescale(3);
    }
    int multiplier = root.times(of(Math.sqrt(0.5), 0)).raw();
    int shift = -11 - exponent;
    return shift > 0 ? new FixedPoint(multiplier << shift, 0) : new FixedPoint(multiplier, shift);
  }

  /// `value` times `factor` as the kernels compute it: shifted left with wrap-around, multiplied
  /// and
  /// rounded, shifted right and rounded again.
  static int requantize(int value, FixedPoint factor) {
    int shifted = factor.shift() > 0 ? value << factor.shift() : value;
    int product = highProduct(shifted, factor.multiplier());
    return factor.shift() < 0 ? shiftDown(product, -factor.shift()) : product;
  }

  /// The high half of `2ab`, rounded to nearest.
  static int highProduct(int a, int b) {
    return saturate(((long) a * b + (1L << 30)) >> 31);
  }

  /// `x / 2^exponent`, rounded to nearest, ties away from zero.
  static int shiftDown(int x, int exponent) {
    long rounded = (Math.abs((long) x) + (1L << exponent >> 1)) >> exponent;
    return (int) (x < 0 ? -rounded : rounded);
  }

  private static int shiftUp(int x, int exponent) {
    return saturate((long) x << exponent);
  }

  private static int saturate(long x) {
    return Math.clamp(x, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
