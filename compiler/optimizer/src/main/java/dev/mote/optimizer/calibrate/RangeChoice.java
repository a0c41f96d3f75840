package dev.mote.optimizer.calibrate;

import dev.mote.pipeline.quantize.ValueRange;

/// Chooses a range from a histogram.
///
/// The criteria are those of the literature:
///
/// 1. percentile and entropy: S. Migacz, "8-bit Inference with TensorRT", GTC 2017; compared in H.
///    Wu et al., "Integer Quantization for Deep Learning Inference: Principles and Empirical
///    Evaluation", 2020, section 3.
/// 2. least squares: M. Nagel et al., "A White Paper on Neural Network Quantization", 2021, section
///    3.1; the noise of rounding is that of a uniform distribution within a step.
final class RangeChoice {

  private static final double SMALLEST = 1e-4;
  private static final int LEAST_PER_BIN = 4;

  private final ValueHistogram histogram;
  private final int levels;
  private final boolean symmetric;

  /// @param levels how many integers the format has
  /// @param symmetric whether the range is to be `-x` to `x`
  RangeChoice(ValueHistogram histogram, int levels, boolean symmetric) {
    this.histogram = histogram;
    this.levels = levels;
    this.symmetric = symmetric;
  }

  /// Cuts off the share `1 - kept` of all values at either end; of the absolute values when
  /// symmetric.
  ValueRange percentile(double kept) {
    double cut = (1 - kept) * histogram.total();
    int first = 0;
    for (double seen = 0; first < zeroBin() && seen + histogram.count(first) <= cut; first++) {
      seen += histogram.count(first);
    }
    int end = ValueHistogram.BINS;
    for (double seen = 0; end > zeroBin() && seen + histogram.count(end - 1) <= cut; end--) {
      seen += histogram.count(end - 1);
    }
    return range(first, end);
  }

  /// The pair of bin edges with the least sum of squared errors.
  ValueRange leastSquares() {
    Moments moments = new Moments(histogram);
    int zero = zeroBin();
    int bestFirst = 0;
    int bestEnd = ValueHistogram.BINS;
    double least = Double.POSITIVE_INFINITY;
    for (int first = 0; first <= zero; first++) {
      for (int end = ValueHistogram.BINS; end >= zero; end--) {
        if (first == end || (symmetric && !reaches(first, end))) {
          continue;
        }
        double error = moments.error(first, end, step(first, end));
        if (error < least) {
          least = error;
          bestFirst = first;
          bestEnd = end;
        }
      }
    }
    return range(bestFirst, bestEnd);
  }

  /// Of the ranges to either side of zero up to a threshold the one whose quantized distribution
  /// diverges least from the true one; the whole range where the values are too few to have a
  /// distribution.
  ValueRange leastDivergence() {
    int zero = zeroBin();
    if (histogram.total() - histogram.zeros() < LEAST_PER_BIN * ValueHistogram.BINS) {
      return range(0, ValueHistogram.BINS);
    }
    int bestFirst = 0;
    int bestEnd = ValueHistogram.BINS;
    double least = Double.POSITIVE_INFINITY;
    for (int reach = Math.max(zero, ValueHistogram.BINS - zero); reach > 0; reach--) {
      int first = Math.max(0, zero - reach);
      int end = Math.min(ValueHistogram.BINS, zero + reach);
      int used = 1 + (int) Math.round((end - first) * histogram.width() / step(first, end));
      if (end - first < used || end - first < 2) {
        break;
      }
      double divergence = divergence(first, end, used);
      if (divergence < least) {
        least = divergence;
        bestFirst = first;
        bestEnd = end;
      }
    }
    return range(bestFirst, bestEnd);
  }

  /// D(P‖Q): P is the distribution within the range, what lies outside added to its ends; Q the
  /// same without that, each quantized level spread evenly over the bins that are not empty.
  private double divergence(int first, int end, int levelsUsed) {
    int bins = end - first;
    double[] truth = new double[bins];
    double[] quantized = new double[bins];
    for (int i = 0; i < bins; i++) {
      truth[i] = histogram.count(first + i);
    }
    for (int level = 0; level < levelsUsed; level++) {
      int from = (int) ((long) level * bins / levelsUsed);
      int to = (int) ((long) (level + 1) * bins / levelsUsed);
      double mass = 0;
      int occupied = 0;
      for (int i = from; i < to; i++) {
        mass += truth[i];
        occupied += truth[i] > 0 ? 1 : 0;
      }
      for (int i = from; i < to; i++) {
        quantized[i] = truth[i] > 0 ? mass / occupied : 0;
      }
    }
    for (int bin = 0; bin < first; bin++) {
      truth[0] += histogram.count(bin);
    }
    for (int bin = end; bin < ValueHistogram.BINS; bin++) {
      truth[bins - 1] += histogram.count(bin);
    }
    return divergence(truth, quantized);
  }

  private static double divergence(double[] truth, double[] quantized) {
    double truthMass = sum(truth);
    double quantizedMass = sum(quantized);
    if (truthMass == 0 || quantizedMass == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double divergence = 0;
    for (int i = 0; i < truth.length; i++) {
      if (truth[i] > 0) {
        double p = truth[i] / truthMass;
        double q = Math.max(quantized[i] / quantizedMass, SMALLEST / truth.length);
        divergence += p * Math.log(p / q);
      }
    }
    return divergence;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  private int zeroBin() {
    return histogram.zeroBin();
  }

  /// Whether the range is as wide as its data allow on both sides: only such a pair of edges makes
  /// a symmetric range that cuts nothing that it could represent.
  private boolean reaches(int first, int end) {
    int zero = zeroBin();
    int reach = Math.max(zero - first, end - zero);
    return first == Math.max(0, zero - reach) && end == Math.min(ValueHistogram.BINS, zero + reach);
  }

  /// The distance of two levels when the range is that of these bins.
  private double step(int first, int end) {
    double low = histogram.edge(first);
    double high = histogram.edge(end);
    return symmetric
        ? 2 * Math.max(-low, high) / (levels - 1)
        : (Math.max(high, 0) - Math.min(low, 0)) / (levels - 1);
  }

  private ValueRange range(int first, int end) {
    float low = (float) Math.min(0, histogram.edge(first));
    float high = (float) Math.max(0, histogram.edge(end));
    if (symmetric) {
      float reach = Math.max(-low, high);
      return new ValueRange(-reach, reach);
    }
    return new ValueRange(low, high);
  }

  /// Running sums over the bins, for errors of many ranges.
  private static final class Moments {

    private final ValueHistogram histogram;
    private final double[] counts = new double[ValueHistogram.BINS + 1];
    private final double[] sums = new double[ValueHistogram.BINS + 1];
    private final double[] squares = new double[ValueHistogram.BINS + 1];

    Moments(ValueHistogram histogram) {
      this.histogram = histogram;
      for (int bin = 0; bin < ValueHistogram.BINS; bin++) {
        counts[bin + 1] = counts[bin] + histogram.count(bin);
        sums[bin + 1] = sums[bin] + histogram.sum(bin);
        squares[bin + 1] = squares[bin] + histogram.squares(bin);
      }
    }

    double error(int first, int end, double step) {
      int all = ValueHistogram.BINS;
      return (counts[end] - counts[first]) * step * step / 12
          + limited(0, first, histogram.edge(first))
          + limited(end, all, histogram.edge(end));
    }

    /// Squared error of the values in bins `from` to `to` when all become `limit`.
    private double limited(int from, int to, double limit) {
      return squares[to]
          - squares[from]
          - 2 * limit * (sums[to] - sums[from])
          + limit * limit * (counts[to] - counts[from]);
    }
  }
}
