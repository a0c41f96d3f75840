package dev.mote.pipeline.quantize;

/// The real values that a tensor takes, as seen on data or chosen to be represented.
///
/// @param low the smallest value; not NaN
/// @param high the largest value; not NaN, ≥ low
public record ValueRange(float low, float high) {

  public ValueRange {
    if (!(low <= high)) {
      throw new IllegalArgumentException("no range: " + low + " to " + high);
    }
  }

  /// The smallest range that contains both.
  public ValueRange union(ValueRange other) {
    return new ValueRange(Math.min(low, other.low), Math.max(high, other.high));
  }

  /// This range extended to contain zero, which every quantization represents exactly.
  public ValueRange withZero() {
    return new ValueRange(Math.min(low, 0), Math.max(high, 0));
  }

  /// The largest absolute value.
  public float magnitude() {
    return Math.max(Math.abs(low), Math.abs(high));
  }
}
