package dev.mote.pipeline.quantize;

/// What rounding weights to integers costs, and the scales that it costs least with.
final class WeightError {

  private static final int STEPS = 100;

  private WeightError() {}

  /// The smallest scale with which all of `weights` are within `low` and `high`; 0 for zeros.
  static double widestScale(float[] weights, int low, int high) {
    double scale = 0;
    for (float weight : weights) {
      scale = Math.max(scale, weight < 0 ? (double) weight / low : (double) weight / high);
    }
    return scale;
  }

  /// The scale of least square error among fractions of the widest one; 0 for zeros.
  static double bestScale(float[] weights, int low, int high) {
    double widest = widestScale(weights, low, high);
    double best = widest;
    double least = Double.POSITIVE_INFINITY;
    for (int step = STEPS; step > STEPS / 10 && widest > 0; step--) {
      double scale = widest * step / STEPS;
      double error = squared(weights, scale, low, high);
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    return best;
  }

  /// Sum of the squared differences between `weights` and what the nearest integers stand for.
  static double squared(float[] weights, double scale, int low, int high) {
    double sum = 0;
    for (float weight : weights) {
      double nearest = Math.clamp(Math.rint(weight / scale), low, high);
      double error = weight - scale * nearest;
      sum += error * error;
    }
    return sum;
  }
}
