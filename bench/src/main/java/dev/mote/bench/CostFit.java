package dev.mote.bench;

import java.util.List;

/// Coefficients, none negative, with the smallest mean square of the relative error.
///
/// With four features every subset is solved by its normal equations; a subset with a negative
/// coefficient is left out, and a larger subset must be better by more than a hundredth.
///
/// @param error root of the mean square of the relative error
record CostFit(double perMac, double perOutput, double perInput, double perCall, double error) {

  private static final int FEATURES = 4;
  private static final double PARSIMONY = 1.01;

  /// One measured call.
  record Point(long macs, long outputs, long inputs, long cycles) {
    double feature(int index) {
      return switch (index) {
        case 0 -> macs;
        case 1 -> outputs;
        case 2 -> inputs;
        default -> 1;
      };
    }
  }

  long cycles(long macs, long outputs, long inputs) {
    return Math.round(perMac * macs + perOutput * outputs + perInput * inputs + perCall);
  }

  static CostFit of(List<Point> points) {
    List<Point> used = points.stream().filter(p -> p.cycles() > 0).toList();
    CostFit best = new CostFit(0, 0, 0, 0, Double.MAX_VALUE);
    for (int size = 1; size <= FEATURES; size++) {
      for (int subset = 1; subset < 1 << FEATURES; subset++) {
        if (Integer.bitCount(subset) == size) {
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
        double a = point.feature(row) / point.cycles();
        for (int column = 0; column < FEATURES; column++) {
          system[row][column] += a * point.feature(column) / point.cycles();
        }
        system[row][FEATURES] += a;
      }
    }
    double[] x = new double[FEATURES];
    if (!eliminate(system, subset, x)) {
      return new CostFit(0, 0, 0, 0, Double.MAX_VALUE);
    }
    double squares = 0;
    for (Point point : points) {
      double sum = 0;
      for (int i = 0; i < FEATURES; i++) {
        sum += x[i] * point.feature(i);
      }
      double error = sum / point.cycles() - 1;
      squares += error * error;
    }
    return new CostFit(x[0], x[1], x[2], x[3], Math.sqrt(squares / points.size()));
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
