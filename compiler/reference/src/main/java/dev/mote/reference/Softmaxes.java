package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.reference.FixedPointMath.Reciprocal;

/// Normalisations over the last dimension.
final class Softmaxes {

  /// Format of scaled differences: Q5, so that `exp` of the smallest is negligible.
  private static final int DIFFERENCE_BITS = 5;

  /// Format of sums of exponentials: Q12.
  private static final int SUM_BITS = 12;

  private Softmaxes() {}

  static void softmax(Invocation call, Op.Softmax op) {
    ElementType from = call.input(0).element();
    ElementType to = call.output().element();
    if (from == ElementType.FLOAT32 && to == from) {
      ofFloats(call, op.beta());
    } else if (from == ElementType.INT8 && (to == from || to == ElementType.INT16)) {
      ofInt8(call, op.beta());
    } else if (from == ElementType.INT16 && to == from) {
      ofInt16(call, op.beta());
    } else {
      throw call.unsupported();
    }
  }

  private static void ofFloats(Invocation call, float beta) {
    Value x = call.input(0);
    Value y = call.output();
    int depth = x.shape().last();
    for (int row = 0; row < x.count(); row += depth) {
      float largest = largestReal(x, row, depth);
      float sum = 0;
      for (int i = row; i < row + depth; i++) {
        float exp = (float) Math.exp((x.real(i) - largest) * beta);
        y.setReal(i, exp);
        sum += exp;
      }
      for (int i = row; i < row + depth; i++) {
        y.setReal(i, y.real(i) / sum);
      }
    }
  }

  /// int8 to int8 or int16, whose quantization is fixed: the whole range of the type is [0, 1).
  private static void ofInt8(Invocation call, float beta) {
    Value x = call.input(0);
    Value y = call.output();
    ScaledDifference scaled = ScaledDifference.of(x.type().quantization().scale(), beta);
    int depth = x.shape().last();
    for (int row = 0; row < x.count(); row += depth) {
      int largest = largest(x, row, depth);
      int sum = scaled.sumOfExps(x, row, depth, largest);
      Reciprocal reciprocal = Reciprocal.of(sum, SUM_BITS);
      int shift = reciprocal.bitsOverUnit() + 31 - y.element().bits();
      for (int i = row; i < row + depth; i++) {
        int exp = scaled.exp(x.int32(i) - largest);
        int product = Requantization.doublingHighMultiply(reciprocal.mantissa(), exp);
        long result = Requantization.roundingShiftRight(product, shift) + y.element().minValue();
        y.set(i, Math.min(result, y.element().maxValue()));
      }
    }
  }

  /// A difference to the row's largest element, times scale and beta, in Q5.
  ///
  /// @param smallest the smallest difference whose exponential counts; ≤ 0
  private record ScaledDifference(Requantization factor, int smallest) {

    static ScaledDifference of(float scale, float beta) {
      double factor =
          Math.min(
              (double) beta * scale * (1 << (31 - DIFFERENCE_BITS)), (double) Integer.MAX_VALUE);
      Requantization fixed = Requantization.of(factor);
      double radius = Math.scalb(31.0, 31 - DIFFERENCE_BITS - fixed.shift());
      return new ScaledDifference(fixed, -(int) Math.floor(radius));
    }

    /// In Q0; 0 below the smallest difference.
    int exp(int difference) {
      return difference < smallest
          ? 0
          : FixedPointMath.expOfNegative(factor.apply(difference), DIFFERENCE_BITS);
    }

    /// In Q12.
    int sumOfExps(Value x, int row, int depth, int largest) {
      int sum = 0;
      for (int i = row; i < row + depth; i++) {
        sum += Requantization.roundingShiftRight(exp(x.int32(i) - largest), SUM_BITS);
      }
      return sum;
    }
  }

  /// int16: exponential and reciprocal come from interpolated tables; 32767 stands for 1.
  private static void ofInt16(Invocation call, float beta) {
    Value x = call.input(0);
    Value y = call.output();
    float range = Short.MAX_VALUE - Short.MIN_VALUE;
    InterpolatedTable exp =
        new InterpolatedTable(
            10f / range, Short.MAX_VALUE, 2f / range, 0, v -> (float) Math.exp(v));
    InterpolatedTable oneOverOnePlus =
        new InterpolatedTable(1f / range, Short.MIN_VALUE, 2f / range, 0, v -> 1f / (1f + v));
    Requantization factor =
        Requantization.of((double) x.type().quantization().scale() * beta / (10.0 / 65535.0));
    int depth = x.shape().last();
    for (int row = 0; row < x.count(); row += depth) {
      int largest = largest(x, row, depth);
      int sum = 0;
      for (int i = row; i < row + depth; i++) {
        long difference = factor.apply(x.int32(i) - largest) + Short.MAX_VALUE;
        int e = exp.at(Math.clamp(difference, Short.MIN_VALUE, Short.MAX_VALUE));
        y.set(i, e);
        sum += e;
      }
      int headroom = Integer.numberOfLeadingZeros(sum);
      long shifted = (((long) sum << (headroom - 1)) + (1 << 13)) >> 14;
      long symmetric = shifted - ((1 << 15) + (1 << 16));
      int reciprocal = oneOverOnePlus.at(Math.clamp(symmetric, Short.MIN_VALUE, Short.MAX_VALUE));
      int shift = 31 - headroom;
      for (int i = row; i < row + depth; i++) {
        long result = (y.integer(i) * reciprocal + (1 << (shift - 1))) >> shift;
        y.set(i, Math.min(Math.max(result, 0), Short.MAX_VALUE));
      }
    }
  }

  static void logSoftmax(Invocation call) {
    if (call.input(0).element() != call.output().element()) {
      throw call.unsupported();
    }
    switch (call.input(0).element()) {
      case FLOAT32 -> logOfFloats(call);
      case INT8 -> logOfInt8(call);
      default -> throw call.unsupported();
    }
  }

  private static void logOfFloats(Invocation call) {
    Value x = call.input(0);
    int depth = x.shape().last();
    for (int row = 0; row < x.count(); row += depth) {
      float largest = largestReal(x, row, depth);
      float sum = 0;
      for (int i = row; i < row + depth; i++) {
        sum += (float) Math.exp(x.real(i) - largest);
      }
      float log = (float) Math.log(sum);
      for (int i = row; i < row + depth; i++) {
        call.output().setReal(i, x.real(i) - largest - log);
      }
    }
  }

  /// int8 to int8, whose quantization is fixed: scale 1/16, zero point 127.
  private static void logOfInt8(Invocation call) {
    Value x = call.input(0);
    Value y = call.output();
    ScaledDifference scaled = ScaledDifference.of(x.type().quantization().scale(), 1);
    Requantization factor = scaled.factor();
    Requantization inverse =
        Requantization.of((1 << (31 - factor.shift())) / (double) factor.multiplier());
    int depth = x.shape().last();
    for (int row = 0; row < x.count(); row += depth) {
      int largest = largest(x, row, depth);
      int log = FixedPointMath.logOfQ12(scaled.sumOfExps(x, row, depth, largest));
      int smallest = Math.max(scaled.smallest() - 1, inverse.apply(log + Integer.MIN_VALUE));
      for (int i = row; i < row + depth; i++) {
        int difference = x.int32(i) - largest;
        if (difference > smallest) {
          int inQ5 = factor.apply(difference) - log;
          // From Q5 to the output's four fractional bits.
          int result = Requantization.roundingShiftRight(inQ5, 31 - DIFFERENCE_BITS - 4) + 127;
          y.set(i, Math.max(Math.min(result, 127), -128));
        } else {
          y.set(i, -128);
        }
      }
    }
  }

  static void l2Normalization(Invocation call) {
    if (call.input(0).element() != call.output().element()) {
      throw call.unsupported();
    }
    switch (call.input(0).element()) {
      case FLOAT32 -> normalizeFloats(call);
      case INT8 -> normalizeInt8(call);
      default -> throw call.unsupported();
    }
  }

  private static void normalizeFloats(Invocation call) {
    Value x = call.input(0);
    int depth = x.shape().last();
    for (int row = 0; row < x.count(); row += depth) {
      float squares = 0;
      for (int i = row; i < row + depth; i++) {
        squares += x.real(i) * x.real(i);
      }
      float norm = Math.max((float) Math.sqrt(squares), 1e-6f);
      for (int i = row; i < row + depth; i++) {
        call.output().setReal(i, x.real(i) / norm);
      }
    }
  }

  /// int8 to int8, whose quantization is fixed: scale 1/128, zero point 0.
  private static void normalizeInt8(Invocation call) {
    Value x = call.input(0);
    int zeroPoint = x.type().quantization().zeroPoint();
    int depth = x.shape().last();
    for (int row = 0; row < x.count(); row += depth) {
      int squares = 0;
      for (int i = row; i < row + depth; i++) {
        int real = x.int32(i) - zeroPoint;
        squares += real * real;
      }
      Requantization inverse = FixedPointMath.inverseSquareRoot(squares);
      Requantization scaled = new Requantization(inverse.multiplier(), inverse.shift() + 7);
      for (int i = row; i < row + depth; i++) {
        int result = scaled.apply(x.int32(i) - zeroPoint);
        call.output().set(i, Math.max(Math.min(result, 127), -128));
      }
    }
  }

  private static int largest(Value x, int row, int depth) {
    int largest = Integer.MIN_VALUE;
    for (int i = row; i < row + depth; i++) {
      largest = Math.max(largest, x.int32(i));
    }
    return largest;
  }

  private static float largestReal(Value x, int row, int depth) {
    float largest = -Float.MAX_VALUE;
    for (int i = row; i < row + depth; i++) {
      largest = Math.max(largest, x.real(i));
    }
    return largest;
  }
}
