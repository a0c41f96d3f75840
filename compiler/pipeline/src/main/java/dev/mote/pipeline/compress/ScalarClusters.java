package dev.mote.pipeline.compress;

import java.util.Arrays;

/// The best `k` values for given weighted numbers: those of the least weighted sum of squared
/// errors.
///
/// On a line the best clusters are intervals, so that dynamic programming over sorted numbers finds
/// them exactly. The best beginning of the last interval moves to the right with its end, which
/// halves the search at every level:
///
/// 1. H. Wang, M. Song: Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic
///    programming. The R Journal 3(2), 2011.
/// 2. A. Grønlund et al.: Fast exact k-means, k-medians and Bregman divergence clustering in 1D.
///    2017.
final class ScalarClusters {

  private final double[] centers;

  private ScalarClusters(double[] centers) {
    this.centers = centers;
  }

  /// @param numbers ascending, all different
  /// @param weights > 0, one for each
  /// @param whole whether centres are rounded to whole numbers; the best there are when the numbers
  ///     are whole
  static ScalarClusters of(double[] numbers, double[] weights, int clusters, boolean whole) {
    return new ScalarClusters(new Search(numbers, weights, whole).centers(clusters));
  }

  /// The values, ascending.
  double[] centers() {
    return centers.clone();
  }

  /// The centre that is nearest to `number`; of two the lower.
  double nearest(double number) {
    int at = Arrays.binarySearch(centers, number);
    if (at >= 0) {
      return centers[at];
    }
    int above = -at - 1;
    if (above == 0) {
      return centers[0];
    }
    if (above == centers.length) {
      return centers[above - 1];
    }
    return number - centers[above - 1] <= centers[above] - number
        ? centers[above - 1]
        : centers[above];
  }

  private static final class Search {

    private final boolean whole;
    private final double shift;
    private final double[] mass;
    private final double[] first;
    private final double[] second;

    Search(double[] numbers, double[] weights, boolean whole) {
      this.whole = whole;
      // sums of squares lose fewer digits around the middle
      this.shift = numbers.length == 0 ? 0 : Math.rint(numbers[numbers.length / 2]);
      this.mass = new double[numbers.length + 1];
      this.first = new double[numbers.length + 1];
      this.second = new double[numbers.length + 1];
      for (int i = 0; i < numbers.length; i++) {
        // a channel of scale zero holds nothing: its weights may be anything
        double weight = Math.max(weights[i], Double.MIN_NORMAL);
        double x = numbers[i] - shift;
        mass[i + 1] = mass[i] + weight;
        first[i + 1] = first[i] + weight * x;
        second[i + 1] = second[i] + weight * x * x;
      }
    }

    double[] centers(int clusters) {
      int n = mass.length - 1;
      int k = Math.min(clusters, n);
      if (k == 0) {
        return new double[] {0};
      }
      int[][] begins = new int[k + 1][n + 1];
      double[] errors = new double[n + 1];
      for (int end = 1; end <= n; end++) {
        errors[end] = error(0, end);
      }
      for (int level = 2; level <= k; level++) {
        double[] next = new double[n + 1];
        Arrays.fill(next, Double.POSITIVE_INFINITY);
        fill(errors, next, begins[level], level, n, level - 1, n - 1);
        errors = next;
      }
      double[] centers = new double[k];
      int end = n;
      for (int level = k; level >= 1; level--) {
        int begin = begins[level][end];
        centers[level - 1] = center(begin, end) + shift;
        end = begin;
      }
      return Arrays.stream(centers).sorted().distinct().toArray();
    }

    /// The best beginnings of the last interval for the ends `from` to `to`, which lie in `low` to
    /// `high`.
    private void fill(
        double[] before, double[] next, int[] begins, int from, int to, int low, int high) {
      if (from > to) {
        return;
      }
      int end = (from + to) >>> 1;
      for (int begin = low; begin <= Math.min(high, end - 1); begin++) {
        double error = before[begin] + error(begin, end);
        if (error < next[end]) {
          next[end] = error;
          begins[end] = begin;
        }
      }
      fill(before, next, begins, from, end - 1, low, begins[end]);
      fill(before, next, begins, end + 1, to, begins[end], high);
    }

    private double center(int begin, int end) {
      double mean = (first[end] - first[begin]) / (mass[end] - mass[begin]);
      return whole ? Math.rint(mean) : mean;
    }

    private double error(int begin, int end) {
      double c = center(begin, end);
      double error =
          second[end]
              - second[begin]
              - 2 * c * (first[end] - first[begin])
              + c * c * (mass[end] - mass[begin]);
      return Math.max(0, error);
    }
  }
}
