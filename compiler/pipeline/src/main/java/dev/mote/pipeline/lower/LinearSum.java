package dev.mote.pipeline.lower;

import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A quantized sum of two int8 operands as `(u·xFactor + v·yFactor + constant) >> shift`, clamped.
///
/// The factors are the ratios of the scales, in as many bits as 32-bit arithmetic leaves. Rounding
/// them moves some results over a step, so it is tried with neighbouring factors until a constant
/// exists with which all 65536 pairs of operands give what [QuantizedSum] gives. Even exact ties,
/// which TFLite rounds away from zero, come out with factors that are a little too large.
///
/// @param xFactor ratio of the scales of x and the output, times `2^shift`
/// @param yFactor the same for y; negative for a difference
/// @param constant zero points and rounding
/// @param shift bits after the binary point
record LinearSum(int xFactor, int yFactor, int constant, int shift) {

  /// How far factors may be from the nearest ones.
  private static final int REACH = 6;

  private static final int LOW = Byte.MIN_VALUE;
  private static final int HIGH = Byte.MAX_VALUE;

  /// The linear form that equals `exact` for every pair of int8 operands.
  static Optional<LinearSum> of(QuantizedSum exact) {
    int[] left = new int[256];
    int[] right = new int[256];
    for (int q = LOW; q <= HIGH; q++) {
      left[q - LOW] = exact.left(q);
      right[q - LOW] = exact.right(q);
    }
    byte[] expected = new byte[256 * 256];
    for (int u = 0; u < 256; u++) {
      for (int v = 0; v < 256; v++) {
        expected[u * 256 + v] = (byte) exact.finish(left[u] + right[v]);
      }
    }
    for (int shift = 30; shift >= 8; shift--) {
      LinearSum nearest = nearest(exact, shift);
      if (nearest != null && nearest.fits()) {
        return nearest.search(expected, exact.range());
      }
    }
    return Optional.empty();
  }

  private static @org.jspecify.annotations.Nullable LinearSum nearest(
      QuantizedSum exact, int shift) {
    double output = exact.output().factor() * (1 << exact.leftShift());
    long xFactor = Math.round(Math.scalb(exact.x().factor() * output, shift));
    long yFactor = Math.round(Math.scalb(exact.sign() * exact.y().factor() * output, shift));
    long constant =
        exact.xOffset() * xFactor
            + exact.yOffset() * yFactor
            + ((long) exact.outputOffset() << shift)
            + (1L << (shift - 1));
    if (Math.abs(xFactor) > 1 << 30 || Math.abs(yFactor) > 1 << 30 || constant != (int) constant) {
      return null;
    }
    return new LinearSum((int) xFactor, (int) yFactor, (int) constant, shift);
  }

  private Optional<LinearSum> search(byte[] expected, QuantizedRange range) {
    for (int distance = 0; distance <= REACH; distance++) {
      for (int dx = -distance; dx <= distance; dx++) {
        for (int dy = -distance; dy <= distance; dy++) {
          if (Math.max(Math.abs(dx), Math.abs(dy)) == distance) {
            Optional<LinearSum> found =
                new LinearSum(xFactor + dx, yFactor + dy, constant, shift).solve(expected, range);
            if (found.isPresent()) {
              return found;
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  /// This with a constant that makes every result the expected one. Each pair bounds the constant
  /// from below and above, unless its result is clamped.
  private Optional<LinearSum> solve(byte[] expected, QuantizedRange range) {
    long lowest = Integer.MIN_VALUE;
    long highest = Integer.MAX_VALUE;
    for (int u = 0; u < 256; u++) {
      for (int v = 0; v < 256; v++) {
        long sum = (long) (u + LOW) * xFactor + (long) (v + LOW) * yFactor;
        int result = expected[u * 256 + v];
        if (result > range.low()) {
          lowest = Math.max(lowest, ((long) result << shift) - sum);
        }
        if (result < range.high()) {
          highest = Math.min(highest, ((result + 1L) << shift) - 1 - sum);
        }
      }
      if (lowest > highest) {
        return Optional.empty();
      }
    }
    LinearSum solved =
        new LinearSum(xFactor, yFactor, (int) Math.clamp(constant, lowest, highest), shift);
    return Optional.of(solved).filter(LinearSum::fits);
  }

  /// Whether no intermediate sum overflows an int32, in the order in which the kernel adds.
  private boolean fits() {
    long x = Math.max(Math.abs((long) LOW * xFactor), Math.abs((long) HIGH * xFactor));
    long lowX = Math.min((long) LOW * xFactor, (long) HIGH * xFactor) + constant;
    long highX = Math.max((long) LOW * xFactor, (long) HIGH * xFactor) + constant;
    long low = lowX + Math.min((long) LOW * yFactor, (long) HIGH * yFactor);
    long high = highX + Math.max((long) LOW * yFactor, (long) HIGH * yFactor);
    long y = Math.max(Math.abs((long) LOW * yFactor), Math.abs((long) HIGH * yFactor));
    return Math.max(x, y) <= Integer.MAX_VALUE
        && Math.min(lowX, low) >= Integer.MIN_VALUE
        && Math.max(highX, high) <= Integer.MAX_VALUE;
  }

  /// Every parameter of the linear kernel but the walk.
  List<Parameter> parameters(QuantizedRange range) {
    List<Parameter> all = new ArrayList<>(parameters());
    all.addAll(range.parameters());
    return all;
  }

  /// The linear form alone.
  List<Parameter> parameters() {
    return List.of(
        new Parameter.Int("x_factor", xFactor),
        new Parameter.Int("y_factor", yFactor),
        new Parameter.Int("constant", constant),
        new Parameter.Int("shift", shift));
  }
}
