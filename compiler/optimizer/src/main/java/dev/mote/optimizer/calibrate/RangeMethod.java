package dev.mote.optimizer.calibrate;

/// How the range of an activation is chosen from the values that it takes on data.
public enum RangeMethod {
  /// From the smallest to the largest value of all.
  MIN_MAX,
  /// From the exponentially weighted mean of each sample's smallest value to that of its largest.
  MOVING,
  /// What remains when one value in ten thousand is cut off at either end.
  PERCENTILE,
  /// The range of least mean squared error, of rounding inside and of limiting outside.
  MSE,
  /// The range whose quantized distribution loses least information (Kullback-Leibler).
  KL;

  /// Whether the data are gone through twice: once for the ends, once for a histogram.
  boolean needsHistogram() {
    return switch (this) {
      case MIN_MAX, MOVING -> false;
      case PERCENTILE, MSE, KL -> true;
    };
  }
}
