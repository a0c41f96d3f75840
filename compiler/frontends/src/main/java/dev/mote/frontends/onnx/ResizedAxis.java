package dev.mote.frontends.onnx;

/// One dimension whose resolution changes.
///
/// @param in elements before
/// @param out elements after
/// @param scale the nominal ratio, from which `out / in` may differ by rounding
/// @param start begin of the region of interest, in units of the dimension
/// @param end end of the region of interest
record ResizedAxis(int in, int out, double scale, double start, double end) {

  /// Whether every element stays where it is.
  boolean unchanged(String place) {
    return in == out
        && scale == 1
        && (!place.equals("tf_crop_and_resize") || (start == 0 && end == 1));
  }

  /// Where element `x` of the result lies in the input.
  private double source(String place, int x) {
    return switch (place) {
      case "half_pixel" -> (x + 0.5) / scale - 0.5;
      case "pytorch_half_pixel" -> out > 1 ? (x + 0.5) / scale - 0.5 : 0;
      // As ONNX's cases have it: the length before it is rounded down.
      case "align_corners" -> out > 1 ? x * (in - 1.0) / (in * scale - 1) : 0;
      case "asymmetric" -> x / scale;
      case "tf_half_pixel_for_nn" -> (x + 0.5) / scale;
      case "tf_crop_and_resize" ->
          out > 1
              ? start * (in - 1) + x * (end - start) * (in - 1) / (out - 1)
              : 0.5 * (start + end) * (in - 1);
      default ->
          throw new IllegalArgumentException(
              "coordinate_transformation_mode '%s' is unknown"
                  .formatted(OnnxNames.printable(place)));
    };
  }

  /// For each element of the result the nearest of the input.
  int[] nearest(String place, String rounding) {
    int[] indices = new int[out];
    for (int x = 0; x < out; x++) {
      double at = source(place, x);
      double whole =
          switch (rounding) {
            case "round_prefer_floor" -> Math.ceil(at - 0.5);
            case "round_prefer_ceil" -> Math.floor(at + 0.5);
            case "floor" -> Math.floor(at);
            case "ceil" -> Math.ceil(at);
            default ->
                throw new IllegalArgumentException(
                    "nearest_mode '%s' is unknown".formatted(OnnxNames.printable(rounding)));
          };
      indices[x] = (int) Math.clamp(whole, 0, in - 1);
    }
    return indices;
  }

  /// For each element of the result whether it lies outside of the input: 1 or 0.
  double[] outside(String place) {
    double[] result = new double[out];
    for (int x = 0; x < out; x++) {
      double at = source(place, x);
      result[x] = at < 0 || at > in - 1 ? 1 : 0;
    }
    return result;
  }

  /// Weights of the input's elements for each of the result's, row by row.
  double[] matrix(String place, boolean cubic, float a, boolean excludeOutside) {
    double[] matrix = new double[out * in];
    for (int x = 0; x < out; x++) {
      double at = source(place, x);
      int lower = (int) Math.floor(at);
      double fraction = at - lower;
      double[] weights = cubic ? cubic(fraction, a) : new double[] {1 - fraction, fraction};
      int first = cubic ? lower - 1 : lower;
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        boolean inside = first + i >= 0 && first + i < in;
        sum += inside ? weights[i] : 0;
      }
      for (int i = 0; i < weights.length; i++) {
        boolean inside = first + i >= 0 && first + i < in;
        double weight = excludeOutside ? (inside ? weights[i] / sum : 0) : weights[i];
        matrix[x * in + Math.clamp(first + i, 0, in - 1)] += weight;
      }
    }
    return matrix;
  }

  /// Keys' cubic convolution: weights of the four neighbours.
  private static double[] cubic(double t, double a) {
    return new double[] {
      ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a,
      ((a + 2) * t - (a + 3)) * t * t + 1,
      ((a + 2) * (1 - t) - (a + 3)) * (1 - t) * (1 - t) + 1,
      ((a * (2 - t) - 5 * a) * (2 - t) + 8 * a) * (2 - t) - 4 * a
    };
  }
}
