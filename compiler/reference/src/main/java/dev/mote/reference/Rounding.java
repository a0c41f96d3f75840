package dev.mote.reference;

/// Rounding of real numbers to integers.
final class Rounding {

  private Rounding() {}

  /// The nearest integer, ties away from zero, as C's `round`.
  static float halfAway(float value) {
    return (float) Math.copySign(Math.floor(Math.abs((double) value) + 0.5), value);
  }

  /// `value` as an integer between `low` and `high`; NaN as `low`.
  static long saturate(double value, long low, long high) {
    return value >= low ? (value < high ? (long) value : high) : low;
  }
}
