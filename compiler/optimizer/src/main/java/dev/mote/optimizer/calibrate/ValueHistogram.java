package dev.mote.optimizer.calibrate;

/// How often a tensor takes which values: equal bins from `low` to `high`, and exact zeros apart.
///
/// Zeros are apart because every quantization represents them exactly, and because a rectifier
/// makes so many that they would hide the rest. Besides its count a bin keeps the sum of its values
/// and of their squares, so that the error of limiting at a bin's edge is exact.
final class ValueHistogram {

  /// As in TensorRT's calibration.
  static final int BINS = 2_048;

  private final double low;
  private final double width;
  private final long[] counts = new long[BINS];
  private final double[] sums = new double[BINS];
  private final double[] squares = new double[BINS];
  private long zeros;

  /// @param low ≤ 0
  /// @param high ≥ 0, > low
  ValueHistogram(double low, double high) {
    if (!(low <= 0 && high >= 0 && low < high)) {
      throw new IllegalArgumentException("no range for bins: " + low + " to " + high);
    }
    this.low = low;
    this.width = (high - low) / BINS;
  }

  /// Counts `values`; those outside the range count in the outermost bins.
  void add(float[] values) {
    for (float value : values) {
      if (value == 0) {
        zeros++;
      } else {
        int bin = Math.clamp((long) Math.floor((value - low) / width), 0, BINS - 1);
        counts[bin]++;
        sums[bin] += value;
        squares[bin] += (double) value * value;
      }
    }
  }

  /// The real value at the lower edge of `bin`; that of bin [#BINS] is the upper end.
  double edge(int bin) {
    return low + bin * width;
  }

  double width() {
    return width;
  }

  /// Values other than zero in `bin`.
  long count(int bin) {
    return counts[bin];
  }

  double sum(int bin) {
    return sums[bin];
  }

  double squares(int bin) {
    return squares[bin];
  }

  /// How often the value was exactly zero.
  long zeros() {
    return zeros;
  }

  /// All values.
  long total() {
    long total = zeros;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /// The bin that real zero lies in, or whose lower edge it is; [#BINS] when zero is the upper end.
  int zeroBin() {
    return Math.clamp(Math.round(-low / width), 0, BINS);
  }
}
