package dev.mote.bench;

import dev.mote.targets.CostTable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Coefficients, none negative, with the smallest mean square of the relative error.
///
/// With six features every subset is solved by its normal equations. A subset is left out when it
/// has a negative coefficient, when it has more than a third as many features as there are points,
/// or when it is the cost of a call alone though the calls differ in work; a further one must be
/// better by more than a fiftieth.
///
/// @param terms coefficients, in the order of [Point#feature]
/// @param error root of the mean square of the relative error
record CostFit(List<Double> terms, double error) {

  private static final int FEATURES = 6;
  private static final double PARSIMONY = 1.02;
  private static final int CALL_ALONE = 1 << (FEATURES - 1);

  /// One measured call.
  record Point(CostTable.Work work, long measured) {
    double feature(int index) {
      return switch (index) {
        case 0 -> work.products();
        case 1 -> work.inside();
        case 2 -> work.segments();
        case 3 -> work.outputs();
        case 4 -> work.inputs();
        default -> 1;
      };
    }
  }

  double of(CostTable.Work work) {
    Point point = new Point(work, 0);
    double sum = 0;
    for (int i = 0; i < FEATURES; i++) {
      sum += terms.get(i) * point.feature(i);
    }
    return sum;
  }

  static CostFit of(List<Point> points) {
    List<Point> used = points.stream().filter(p -> p.measured() > 0).toList();
    CostFit best = new CostFit(Collections.nCopies(FEATURES, 0.0), Double.MAX_VALUE);
    int most = Math.clamp(used.size() / 3, 1, FEATURES);
    for (int size = 1; size <= most; size++) {
      for (int subset = 1; subset < 1 << FEATURES; subset++) {
        if (Integer.bitCount(subset) == size && subset != CALL_ALONE) {
          CostFit fit = solve(used, subset);
          if (fit.error() * PARSIMONY < best.error()) {
            best = fit;
          }
        }
      }
    }
    return best;
  }

  private static CostFit solve(List<Point> points, int subset) {
    double[][] system = new double[FEATURES][FEATURES + 1];
    for (Point point : points) {
      for (int row = 0; row < FEATURES; row++) {
        double a = point.feature(row) / point.measured();
        for (int column = 0; column < FEATURES; column++) {
          system[row][column] += a * point.feature(column) / point.measured();
        }
        system[row][FEATURES] += a;
      }
    }
    double[] x = new double[FEATURES];
    if (!eliminate(system, subset, x)) {
      return new CostFit(Collections.nCopies(FEATURES, 0.0), Double.MAX_VALUE);
    }
    double squares = 0;
    for (Point point : points) {
      double sum = 0;
      for (int i = 0; i < FEATURES; i++) {
        sum += x[i] * point.feature(i);
      }
      double error = sum / point.measured() - 1;
      squares += error * error;
    }
    return new CostFit(Arrays.stream(x).boxed().toList(), Math.sqrt(squares / points.size()));
  }

  /// Gauss and Jordan on the rows and columns of `subset`; whether there is a solution without
  /// negative numbers.
  private static boolean eliminate(double[][] system, int subset, double[] x) {
    for (int pivot = 0; pivot < FEATURES; pivot++) {
      if ((subset >> pivot & 1) == 0) {
        continue;
      }
      double diagonal = system[pivot][pivot];
      if (!(diagonal > 1e-12)) {
        return false;
      }
      for (int row = 0; row < FEATURES; row++) {
        if (row != pivot && (subset >> row & 1) == 1) {
          double factor = system[row][pivot] / diagonal;
          for (int column = 0; column <= FEATURES; column++) {
            system[row][column] -= factor * system[pivot][column];
          }
        }
      }
    }
    for (int i = 0; i < FEATURES; i++) {
      if ((subset >> i & 1) == 1) {
        x[i] = system[i][FEATURES] / system[i][i];
        if (!(x[i] >= 0) || Double.isInfinite(x[i])) {
          return false;
        }
      }
    }
    return true;
  }
}
